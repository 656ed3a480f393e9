-- What was observed and computed. Applied once, never edited; a change is a new numbered file.
-- No primary keys on the wide tables: bulk inserts use anti-joins, which measured faster (HOUSE 5).

-- every state an item was ever seen in; append-only, because updating long text is slow
create table states (
    state_key varchar not null,
    item_key varchar not null,
    title varchar using compression zstd,
    body varchar using compression zstd,
    facts varchar using compression zstd,
    capture_sha256 varchar not null
);

-- the item as it stands now: a narrow row that points to its state
create table items (
    item_key varchar not null,
    source varchar not null,
    kind varchar not null,
    state_key varchar not null,
    published_on date,
    revision integer not null,
    absorb_no integer not null,
    first_seen_at timestamptz not null,
    changed_at timestamptz not null
);

-- an earlier state of an item, with the fields that changed (P11)
create table revisions (
    item_key varchar not null,
    revision integer not null,
    before_key varchar not null,
    after_key varchar not null,
    changes varchar not null,
    changed_at timestamptz not null
);

-- which cluster an item belongs to; the cluster's key is its first member's key
create table members (
    item_key varchar not null,
    cluster_key varchar not null
);

-- what makes two items the same thing: doi:…, wo:…, call:…, title:…
create table identities (
    identity varchar not null,
    item_key varchar not null
);

create table matches (
    company_key varchar not null,
    need_key varchar not null,
    need_version integer not null,
    cluster_key varchar not null,
    item_key varchar not null,
    fit double not null,
    confidence double not null,
    reasons varchar not null,
    is_flagged boolean not null,
    model_version varchar not null,
    matched_at timestamptz not null
);

-- how far a need version has been matched, and how many clusters that was
create table examined (
    need_key varchar not null,
    need_version integer not null,
    model_version varchar not null,
    absorb_no integer not null,
    clusters integer not null,
    examined_at timestamptz not null
);

-- one row of counters per collected run of a source; its presence says that the haul is absorbed
create table runs (
    source varchar not null,
    run_key varchar not null,
    absorb_no integer not null,
    state varchar not null,
    counts varchar not null,
    items integer not null,
    new_items integer not null,
    changed_items integer not null,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    primary key (source, run_key)
);

create table cursors (
    source varchar not null primary key,
    cursor varchar not null,
    moved_at timestamptz not null
);

create view clusters as
select
    members.cluster_key,
    min(items.first_seen_at) as first_seen_at,
    max(items.absorb_no) as absorb_no,
    count(*) as members
from members
join items using (item_key)
group by members.cluster_key;

-- the flagged clusters of every company, once each, on the best of its needs; desk and flows read only this
create view opportunities as
with latest as (
    select *
    from matches
    qualify row_number() over (
        partition by need_key, cluster_key
        order by need_version desc, matched_at desc, model_version desc
    ) = 1
)
select latest.* replace (members.cluster_key as cluster_key)
from latest
join members on members.item_key = latest.cluster_key
where latest.is_flagged
qualify row_number() over (
    partition by latest.company_key, members.cluster_key
    order by latest.fit desc, latest.need_key
) = 1;
