-- name: current_states
-- the state each arriving item is in now, to tell new, changed and unchanged apart
select items.item_key, items.state_key, items.revision, states.title, states.body, states.facts
from items
join states on states.item_key = items.item_key and states.state_key = items.state_key
where items.item_key in (select item_key from incoming);

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
select item_key, source, kind, state_key, published_on, 1, absorb_no, seen_at, seen_at
from incoming
where is_new;

-- name: update_items
-- items that changed point to their new state; the table is narrow, so this is cheap
update items
set state_key = incoming.state_key,
    published_on = incoming.published_on,
    revision = items.revision + 1,
    absorb_no = incoming.absorb_no,
    changed_at = incoming.seen_at
from incoming
where incoming.item_key = items.item_key and not incoming.is_new;

-- name: insert_revisions
-- what changed, field by field (P11)
insert into revisions
select item_key, revision, before_key, state_key, changes, seen_at
from incoming
where not is_new;

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
