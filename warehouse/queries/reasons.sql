-- name: read_matched
-- the items of matches whose reasons are wanted, as stream_documents gives them: all members' codes count
with homes as (
    select distinct members.cluster_key
    from wanted
    join members on members.item_key = wanted.item_key
),
coded as (
    select
        members.cluster_key,
        list_sort(list_distinct(flatten(list(json_extract_string(states.facts, '$.codes[*]'))))) as codes
    from homes
    join members on members.cluster_key = homes.cluster_key
    join items on items.item_key = members.item_key
    join states on states.item_key = items.item_key and states.state_key = items.state_key
    group by members.cluster_key
)
select
    coded.cluster_key,
    items.item_key,
    items.kind,
    states.title,
    states.body,
    json_extract_string(states.facts, '$.language') as language,
    coded.codes
from wanted
join members on members.item_key = wanted.item_key
join coded on coded.cluster_key = members.cluster_key
join items on items.item_key = wanted.item_key
join states on states.item_key = items.item_key and states.state_key = items.state_key;

-- name: update_reasons
-- why, beside scores that are there already
update matches
set reasons = told.reasons
from told
where matches.need_key = told.need_key
    and matches.need_version = told.need_version
    and matches.cluster_key = told.cluster_key
    and matches.model_version = told.model_version;

-- name: delete_untellable
-- a match for which nothing of the item can be shown is none (P21)
delete from matches
using untellable
where matches.need_key = untellable.need_key
    and matches.need_version = untellable.need_version
    and matches.cluster_key = untellable.cluster_key
    and matches.model_version = untellable.model_version;
