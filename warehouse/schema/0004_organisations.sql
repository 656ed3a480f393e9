-- Organisations of registers and projects, joined into one identity each, and what speaks for them as partners (P17, P41).

-- one row an identity; rank says how good the register is that it was taken from, 0 the best
create table organisations (
    organisation_key varchar not null,
    name varchar not null,
    country varchar,
    region varchar,
    town varchar,
    type varchar not null,
    web varchar,
    rank integer not null
);

-- every spelling under which an identity was met, with what spellings of one name share
create table organisation_names (
    name_key varchar not null,
    country varchar,
    spelling varchar not null,
    organisation_key varchar not null
);

-- ids of registers, `scheme:value`
create table organisation_ids (
    id varchar not null,
    organisation_key varchar not null
);

-- what one register says of an identity, as it stands now
create table register_entries (
    entry_key varchar not null,
    source varchar not null,
    organisation_key varchar not null,
    state_key varchar not null,
    facts varchar using compression zstd,
    first_seen_at timestamptz not null,
    changed_at timestamptz not null
);

create table projects (
    project_key varchar not null,
    source varchar not null,
    state_key varchar not null,
    title varchar using compression zstd,
    body varchar using compression zstd,
    facts varchar using compression zstd,
    started_on date,
    ended_on date,
    first_seen_at timestamptz not null,
    changed_at timestamptz not null
);

-- who took part in a project, and as what
create table participations (
    project_key varchar not null,
    organisation_key varchar not null,
    role varchar not null,
    funding_eur bigint
);

create table announcements (
    announcement_key varchar not null,
    source varchar not null,
    call varchar not null,
    organisation_key varchar,
    state_key varchar not null,
    facts varchar using compression zstd,
    first_seen_at timestamptz not null,
    changed_at timestamptz not null
);
