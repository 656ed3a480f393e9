-- name: stream_documents
-- one document per cluster touched after a load, for the matcher: the member with the longest text speaks, all members'
-- codes count. Nearly all clusters have one member; only the others pass through a window, so text streams
with touched as (
    select members.cluster_key, max(items.absorb_no) as absorb_no, count(*) as size
    from members
    join items on items.item_key = members.item_key
    group by members.cluster_key
    having max(items.absorb_no) > ?
),
told as (
    select touched.cluster_key, touched.size, items.item_key, items.kind, items.state_key
    from touched
    join members on members.cluster_key = touched.cluster_key
    join items on items.item_key = members.item_key
),
grouped as (
    select
        told.cluster_key,
        told.item_key,
        list_sort(list_distinct(flatten(
            list(json_extract_string(states.facts, '$.codes[*]')) over (partition by told.cluster_key)
        ))) as codes
    from told
    join states on states.item_key = told.item_key and states.state_key = told.state_key
    where told.size > 1
    qualify row_number() over (
        partition by told.cluster_key
        order by length(states.body) desc, told.item_key
    ) = 1
)
select
    told.cluster_key,
    told.item_key,
    told.kind,
    states.title,
    states.body,
    json_extract_string(states.facts, '$.language') as language,
    coalesce(
        grouped.codes,
        list_sort(list_distinct(json_extract_string(states.facts, '$.codes[*]')))
    ) as codes
from told
join states on states.item_key = told.item_key and states.state_key = told.state_key
left join grouped on grouped.item_key = told.item_key
where told.size = 1 or grouped.item_key is not null;

-- name: sample_keys
-- the clusters that corpus statistics are taken from: a sample by hash of the key, which hardly changes from week to week
select members.cluster_key
from members
join items on items.item_key = members.item_key
group by members.cluster_key
having max(items.absorb_no) <= ?
order by sha256(members.cluster_key)
limit ?;

-- name: count_clusters
-- how many clusters were last touched up to a load, and how many after it
select count(*) filter (absorb_no <= ?), count(*) filter (absorb_no > ?)
from clusters;

-- name: read_texts
-- title and text of the items that are kept, to say why
select items.item_key, states.title, states.body
from wanted
join items on items.item_key = wanted.item_key
join states on states.item_key = items.item_key and states.state_key = items.state_key;

-- name: read_spoken
-- who speaks for the given clusters, as stream_documents chooses
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
from wanted
join members on members.cluster_key = wanted.cluster_key
join items on items.item_key = members.item_key
join states on states.item_key = items.item_key and states.state_key = items.state_key
qualify row_number() over (
    partition by members.cluster_key
    order by length(states.body) desc, items.item_key
) = 1
order by members.cluster_key;

-- name: read_examined
-- how far each need version has been matched by each model
select need_key, need_version, model_version, max(absorb_no)
from examined
group by need_key, need_version, model_version;

-- name: last_absorb
-- the newest load of the warehouse, or a broker's split of a cluster after it, or 0
select greatest(coalesce(max(absorb_no), 0), (select coalesce(max(absorb_no), 0) from items))
from runs;

-- name: seal
-- the runs up to a load and what each brought
select coalesce(md5(string_agg(
    source || '|' || run_key || '|' || absorb_no || '|' || items || '|' || new_items || '|' || changed_items,
    ',' order by source, run_key
)), '')
from runs
where absorb_no <= ?;

-- name: delete_rematched
-- a cluster that changed is matched anew: its former match by the same model goes
delete from matches
using scored
where matches.need_key = scored.need_key
    and matches.need_version = scored.need_version
    and matches.cluster_key = scored.cluster_key
    and matches.model_version = scored.model_version;

-- name: insert_matches
-- matches as columns, in one go
insert into matches
select company_key, need_key, need_version, cluster_key, item_key, fit, confidence, reasons, is_flagged,
    model_version, matched_at
from scored;

-- name: insert_examined
-- that these need versions have been matched up to here, also where nothing was found (P05)
insert into examined
select need_key, need_version, model_version, absorb_no, clusters, examined_at
from progress;

-- name: read_opportunities
-- the queue before decisions are taken off: flagged clusters of the given needs, best first
select opportunities.*, clusters.first_seen_at
from opportunities
join clusters on clusters.cluster_key = opportunities.cluster_key
where opportunities.need_key in (select unnest(?::varchar[]))
order by opportunities.fit desc, opportunities.company_key, opportunities.cluster_key;

-- name: read_match
-- the match behind a decision, on the need version it was made on
select need_key, need_version, matches.cluster_key, matches.item_key, fit, confidence, reasons, is_flagged,
    model_version
from matches
join members on members.item_key = matches.cluster_key
where matches.need_key = ? and members.cluster_key = ?
order by need_version desc, matched_at desc
limit 1;

-- name: coverage
-- per need: clusters examined and flagged (P05)
select
    examined.need_key,
    sum(examined.clusters) as clusters,
    (
        select count(distinct matches.cluster_key)
        from matches
        where matches.need_key = examined.need_key and matches.is_flagged
    ) as flagged
from examined
group by examined.need_key
order by examined.need_key;
