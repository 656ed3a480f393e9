-- A match is stored with its scores; its reasons come when it is to be shown. Nobody sees one without (P20, P21).

-- the flagged clusters of every company, once each, on the best of its needs; desk and flows read only this
create or replace view opportunities as
with latest as (
    select *
    from matches
    qualify row_number() over (
        partition by need_key, cluster_key
        order by need_version desc, matched_at desc, model_version desc
    ) = 1
),
judged as (
    select latest.* replace (
        coalesce(learned.fit, latest.fit) as fit,
        coalesce(learned.is_flagged, latest.is_flagged) as is_flagged,
        coalesce(learned.model_version, latest.model_version) as model_version
    )
    from latest
    left join learned
        on learned.need_key = latest.need_key
        and learned.need_version = latest.need_version
        and learned.cluster_key = latest.cluster_key
)
select judged.* replace (members.cluster_key as cluster_key)
from judged
join members on members.item_key = judged.cluster_key
where judged.is_flagged
    and judged.reasons <> '{"terms":[],"passages":[],"rule":null}'
qualify row_number() over (
    partition by judged.company_key, members.cluster_key
    order by judged.fit desc, judged.need_key
) = 1;
