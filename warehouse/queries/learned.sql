-- name: read_kept
-- what the matcher keeps for the given needs, the newest word on each: what learning and flagging choose from; what an
-- exclude term keeps out (P22) is nobody's to choose
with latest as (
    select *, coalesce(json_extract_string(reasons, '$.rule'), '') as rule
    from matches
    where need_key in (select unnest(?::varchar[]))
    qualify row_number() over (
        partition by need_key, cluster_key
        order by need_version desc, matched_at desc, model_version desc
    ) = 1
)
select
    latest.need_key,
    latest.need_version,
    members.cluster_key,
    latest.cluster_key as matched_key,
    latest.item_key,
    latest.fit,
    latest.is_flagged,
    latest.model_version,
    starts_with(latest.rule, 'include:') as is_wanted,
    latest.reasons <> '{"terms":[],"passages":[],"rule":null}' as is_told
from latest
join members on members.item_key = latest.cluster_key
where not starts_with(latest.rule, 'exclude:')
order by latest.need_key, members.cluster_key, matched_key;

-- name: read_taught
-- the overlay as it stands, so that nothing is written where nothing changed
select need_key, need_version, cluster_key, fit, is_flagged, model_version
from learned;

-- name: delete_learned
-- all of it goes before all of it is written anew
delete from learned;

-- name: insert_learned
-- the overlay as columns, in one go
insert into learned
select need_key, need_version, cluster_key, fit, is_flagged, model_version, learned_at
from taught;
