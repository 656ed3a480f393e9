-- name: count_loaded_since
-- how much the search index has not taken in yet, how far it has then come, and how many places states have
select count(*), coalesce(max(absorb_no), 0), (select coalesce(max(rowid), -1) + 1 from states)
from items
where absorb_no > ?;

-- name: read_loaded_since
-- what the search index has not taken in yet among states in these places, in the order it was loaded
select items.item_key, items.kind, items.source, states.title, items.published_on::varchar,
    json_extract_string(states.facts, '$.url') as url, states.body
from states
join items on items.item_key = states.item_key and items.state_key = states.state_key
where items.absorb_no > ? and states.rowid >= ? and states.rowid < ?
order by states.rowid;
