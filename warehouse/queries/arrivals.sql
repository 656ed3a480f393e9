-- name: stream_arrivals
-- one document per cluster of which a member was first seen in a span of time, as stream_documents tells it today:
-- the member with the longest text speaks, all members' codes count
with arrived as (
    select distinct members.cluster_key
    from members
    join items on items.item_key = members.item_key
    where items.first_seen_at >= ? and items.first_seen_at < ?
),
told as (
    select members.cluster_key, items.item_key, items.kind, items.state_key
    from arrived
    join members on members.cluster_key = arrived.cluster_key
    join items on items.item_key = members.item_key
)
select
    told.cluster_key,
    told.item_key,
    told.kind,
    states.title,
    states.body,
    json_extract_string(states.facts, '$.language') as language,
    list_sort(list_distinct(flatten(
        list(json_extract_string(states.facts, '$.codes[*]')) over (partition by told.cluster_key)
    ))) as codes
from told
join states on states.item_key = told.item_key and states.state_key = told.state_key
qualify row_number() over (
    partition by told.cluster_key
    order by length(states.body) desc, told.item_key
) = 1;

-- name: arrived_clusters
-- the keys of those clusters
select distinct members.cluster_key
from members
join items on items.item_key = members.item_key
where items.first_seen_at >= ? and items.first_seen_at < ?
order by members.cluster_key;

-- name: loads_until
-- the newest load before a span of time: what came before is the background that the span is read against
select coalesce(max(absorb_no), 0) as absorb_no
from items
where first_seen_at < ?;
