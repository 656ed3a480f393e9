-- A large haul is absorbed in parts, each in a short transaction; how far it came survives a kill.

-- one row per haul that is half in. lines: of its items file, all in
create table loading (
    source varchar not null,
    run_key varchar not null,
    lines integer not null,
    new_items integer not null,
    changed_items integer not null,
    unchanged_items integer not null,
    twins integer not null
);
