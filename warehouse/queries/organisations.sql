-- name: known_ids
-- identities that bear an id of the arriving ones
select organisation_ids.id, organisation_ids.organisation_key
from organisation_ids
where organisation_ids.id in (select unnest(?::varchar[]));

-- name: known_names
-- identities that bear a name of the arriving ones in the same country
select distinct name_key, country, organisation_key
from organisation_names
where name_key in (select unnest(?::varchar[])) and country is not null;

-- name: ids_of
-- every id of some identities, to see which contradict each other
select organisation_key, id
from organisation_ids
where organisation_key in (select unnest(?::varchar[]))
order by organisation_key, id;

-- name: insert_ids
-- ids that are new to an identity
insert into organisation_ids
select distinct incoming.id, incoming.organisation_key
from incoming
where incoming.id not in (select id from organisation_ids);

-- name: insert_names
-- spellings that are new to an identity
insert into organisation_names
select distinct incoming.name_key, incoming.country, incoming.spelling, incoming.organisation_key
from incoming
where not exists (
    select 1 from organisation_names
    where organisation_names.organisation_key = incoming.organisation_key
        and organisation_names.spelling = incoming.spelling
        and organisation_names.country is not distinct from incoming.country
);

-- name: update_organisations
-- a better register overrules, any other fills what was not known; a company known to be small stays so
update organisations
set name = case when incoming.rank < organisations.rank then incoming.name else organisations.name end,
    country = coalesce(organisations.country, incoming.country),
    region = coalesce(organisations.region, incoming.region),
    town = coalesce(organisations.town, incoming.town),
    web = coalesce(organisations.web, incoming.web),
    type = case
        when 'sme' in (organisations.type, incoming.type) and organisations.type in ('sme', 'company', 'unknown') then 'sme'
        when organisations.type = 'unknown' or (incoming.rank < organisations.rank and incoming.type <> 'unknown')
            then incoming.type
        else organisations.type
    end,
    rank = least(organisations.rank, incoming.rank)
from incoming
where incoming.organisation_key = organisations.organisation_key;

-- name: insert_organisations
-- identities met for the first time
insert into organisations
select organisation_key, name, country, region, town, type, web, rank
from incoming
where organisation_key not in (select organisation_key from organisations);

-- name: follow_merged
-- two identities turned out to be one: what hung on the one hangs on the other now
update organisation_ids set organisation_key = $kept where organisation_key = $gone;

-- name: follow_merged_names
-- the same for its names
update organisation_names set organisation_key = $kept where organisation_key = $gone;

-- name: follow_merged_entries
-- the same for its register entries
update register_entries set organisation_key = $kept where organisation_key = $gone;

-- name: follow_merged_projects
-- the same for its projects
update participations set organisation_key = $kept where organisation_key = $gone;

-- name: follow_merged_announcements
-- the same for its announcements
update announcements set organisation_key = $kept where organisation_key = $gone;

-- name: drop_merged
-- the identity that is no more
delete from organisations where organisation_key = $gone;

-- name: changed_entries
-- arriving entries whose state is not the one we hold
select incoming.entry_key
from incoming
left join register_entries on register_entries.entry_key = incoming.entry_key
where register_entries.state_key is null or register_entries.state_key <> incoming.state_key;

-- name: update_entries
-- an entry that changed
update register_entries
set state_key = incoming.state_key,
    facts = incoming.facts,
    organisation_key = incoming.organisation_key,
    changed_at = ?
from incoming
where incoming.entry_key = register_entries.entry_key;

-- name: insert_entries
-- an entry seen for the first time
insert into register_entries
select entry_key, source, organisation_key, state_key, facts, ?, ?
from incoming
where entry_key not in (select entry_key from register_entries);

-- name: read_organisations
-- whole identities by key, or all
select organisations.organisation_key, organisations.name, organisations.country, organisations.region,
    organisations.town, organisations.type, organisations.web,
    (select list(distinct spelling order by spelling) from organisation_names
        where organisation_names.organisation_key = organisations.organisation_key),
    (select list(distinct id order by id) from organisation_ids
        where organisation_ids.organisation_key = organisations.organisation_key),
    (select list(distinct entry_key order by entry_key) from register_entries
        where register_entries.organisation_key = organisations.organisation_key)
from organisations
where ? or organisations.organisation_key in (select unnest(?::varchar[]))
order by organisations.organisation_key;
