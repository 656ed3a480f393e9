-- name: sample_patents
-- the clusters that classes are learned from: those with a patent in them, a sample by hash of the key
select distinct members.cluster_key, sha256(members.cluster_key) as place
from members
join items on items.item_key = members.item_key
where items.kind = 'patent'
order by place
limit ?;

-- name: stream_patents
-- who speaks for the chosen patents, as read_spoken chooses, without gathering them first
select
    members.cluster_key,
    items.item_key,
    items.kind,
    states.title,
    states.body,
    json_extract_string(states.facts, '$.language') as language,
    list_sort(list_distinct(flatten(
        list(json_extract_string(states.facts, '$.codes[*]')) over (partition by members.cluster_key)
    ))) as codes
from wanted_patents
join members on members.cluster_key = wanted_patents.cluster_key
join items on items.item_key = members.item_key
join states on states.item_key = items.item_key and states.state_key = items.state_key
qualify row_number() over (
    partition by members.cluster_key
    order by length(states.body) desc, items.item_key
) = 1;

-- name: count_patents
-- how many clusters have a patent in them: whether the model has been outgrown
select count(distinct members.cluster_key)
from members
join items on items.item_key = members.item_key
where items.kind = 'patent';

-- name: read_class_model
-- the model that was trained last
select ground, packed, trained_at
from class_models
order by trained_at desc
limit 1;

-- name: delete_class_models
-- one model at a time: an older one stands on statistics that are gone, or on fewer patents
delete from class_models;

-- name: insert_class_model
-- a model as trained
insert into class_models
select ground, patents, packed, trained_at
from trained;
