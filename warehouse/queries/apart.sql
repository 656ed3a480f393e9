-- name: insert_kept
-- a broker's word: these two are not one thing; said twice it stands once
insert into kept_apart
select item_key, other_key, broker, kept_at
from keeping
where not exists (
    select 1 from kept_apart as known
    where known.item_key = keeping.item_key and known.other_key = keeping.other_key
);

-- name: read_kept
-- what this warehouse knows of what brokers keep apart, to be held against the ledger
select item_key, other_key, broker, kept_at
from kept_apart
order by item_key, other_key;

-- name: heir
-- the key of what is left of a cluster: its own, unless that is the item that leaves; then the first seen of the rest
select coalesce(max(members.item_key) filter (members.item_key = members.cluster_key),
    arg_min(members.item_key, (items.first_seen_at, members.item_key)))
from members
join items on items.item_key = members.item_key
where members.item_key <> ? and members.cluster_key = ?;

-- name: touch_cluster
-- both halves are new to the matcher: it reads them again
update items
set absorb_no = ?
where item_key in (select item_key from members where cluster_key = ?);

-- name: rename_cluster
-- what is left goes by its heir's name
update members
set cluster_key = ?
where cluster_key = ? and item_key <> ?;

-- name: leave_cluster
-- the item is a cluster of its own
update members
set cluster_key = item_key
where item_key = ?;
