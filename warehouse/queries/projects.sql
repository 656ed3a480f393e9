-- name: changed_projects
-- arriving projects whose state is not the one we hold
select incoming.project_key
from incoming
left join projects on projects.project_key = incoming.project_key
where projects.state_key is null or projects.state_key <> incoming.state_key;

-- name: update_projects
-- a project that changed
update projects
set state_key = incoming.state_key,
    title = incoming.title,
    body = incoming.body,
    facts = incoming.facts,
    started_on = incoming.started_on,
    ended_on = incoming.ended_on,
    changed_at = ?
from incoming
where incoming.project_key = projects.project_key;

-- name: insert_projects
-- a project seen for the first time
insert into projects
select project_key, source, state_key, title, body, facts, started_on, ended_on, ?, ?
from incoming
where project_key not in (select project_key from projects);

-- name: drop_participations
-- who took part is taken anew from a project that changed
delete from participations
where project_key in (select unnest(?::varchar[]));

-- name: insert_participations
-- who took part
insert into participations
select project_key, organisation_key, role, funding_eur
from incoming;

-- name: changed_announcements
-- arriving announcements whose state is not the one we hold
select incoming.announcement_key
from incoming
left join announcements on announcements.announcement_key = incoming.announcement_key
where announcements.state_key is null or announcements.state_key <> incoming.state_key;

-- name: drop_announcements
-- an announcement that changed is taken anew
delete from announcements
where announcement_key in (select unnest(?::varchar[]));

-- name: insert_announcements
-- announcements as they stand now
insert into announcements
select announcement_key, source, call, organisation_key, state_key, facts, ?, ?
from incoming;

-- name: read_projects
-- every project of the last years with what the ranking reads of it, newest first
select project_key, source, title, body, facts, started_on, ended_on
from projects
where coalesce(ended_on, started_on, date '9999-12-31') >= ?
order by started_on desc nulls last, project_key;

-- name: read_participations
-- who took part in those projects
select project_key, organisation_key, role
from participations
order by project_key, organisation_key;

-- name: read_announcements
-- announcements of organisations that we know
select announcement_key, source, call, organisation_key, facts
from announcements
where organisation_key is not null
order by announcement_key;

-- name: read_evidence_items
-- papers and patents with what the ranking reads of them, newest first
select items.item_key, items.kind, items.source, items.published_on, states.title, states.body, states.facts
from items
join states on states.item_key = items.item_key and states.state_key = items.state_key
where items.kind <> 'call'
order by items.published_on desc nulls last, items.item_key
limit ?;

-- name: any_deed
-- whether anything but papers and patents can speak for a partner
select 1
from (select project_key from projects limit 1)
union all
select 1
from (select announcement_key from announcements limit 1)
limit 1;

-- name: flagged_dois
-- papers that were flagged for somebody and name organisations without saying which of a register they are
select distinct lower(json_extract_string(states.facts, '$.publication.doi')) as doi
from matches
join items on items.item_key = matches.item_key
join states on states.item_key = items.item_key and states.state_key = items.state_key
where matches.is_flagged
    and items.kind = 'publication'
    and json_extract_string(states.facts, '$.publication.doi') is not null
    and not exists (
        select 1 from register_entries
        where register_entries.source = 'openalex'
            and contains(register_entries.facts, '"doi:' || lower(json_extract_string(states.facts, '$.publication.doi')) || '"')
    )
order by doi
limit ?;
