-- name: find_fresh
-- which arriving items are new or changed, and whether we know them; what is unchanged costs no more than this
select arriving.item_key, items.item_key is not null
from arriving
left join items on items.item_key = arriving.item_key
where items.state_key is null or items.state_key <> arriving.state_key;

-- name: changed_states
-- the state each changed item was in and the one it is in now, in the order of their keys
select arriving.item_key, items.state_key, items.revision, arriving.state_key,
    states.title, states.body, states.facts, arriving.title, arriving.body, arriving.facts
from arriving
join items on items.item_key = arriving.item_key and items.state_key <> arriving.state_key
join states on states.item_key = items.item_key and states.state_key = items.state_key
order by arriving.item_key;

-- name: insert_states
-- text is append-only: a state that was seen before is not stored twice
insert into states
select state_key, item_key, title, body, facts, capture_sha256
from incoming
where not exists (
    select 1 from states where states.item_key = incoming.item_key and states.state_key = incoming.state_key
);

-- name: insert_items
-- items seen for the first time; a record that is weeks old but new to us is new (P12)
insert into items
select item_key, source, kind, state_key, published_on, 1, ?, ?, ?
from incoming
where item_key not in (select item_key from items);

-- name: update_items
-- items that changed point to their new state; the table is narrow, so this is cheap
update items
set state_key = incoming.state_key,
    published_on = incoming.published_on,
    revision = items.revision + 1,
    absorb_no = ?,
    changed_at = ?
from incoming
where incoming.item_key = items.item_key and incoming.state_key <> items.state_key;

-- name: insert_revisions
-- what changed, field by field (P11)
insert into revisions
select item_key, revision, before_key, state_key, changes, ?
from changed;

-- name: read_items
-- whole items by key, for the queue, the digest and explain
select items.item_key, states.title, states.body, states.facts, states.capture_sha256, items.first_seen_at,
    members.cluster_key
from items
join states on states.item_key = items.item_key and states.state_key = items.state_key
join members on members.item_key = items.item_key
where items.item_key in (select unnest(?::varchar[]));

-- name: read_cluster_members
-- every member of the given clusters, so that twins stay visible (P17)
select cluster_key, item_key
from members
where cluster_key in (select unnest(?::varchar[]))
order by cluster_key, item_key;

-- name: read_clusters_of
-- the cluster that each item belongs to today
select item_key, cluster_key
from members
where item_key in (select unnest(?::varchar[]));

-- name: read_revisions
-- the history of one item, newest first
select revision, changes, changed_at
from revisions
where item_key = ?
order by revision desc;
