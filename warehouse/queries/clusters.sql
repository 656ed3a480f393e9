-- name: find_identities
-- which known items share an identity with what arrives
select identities.identity, identities.item_key, members.cluster_key
from identities
join members on members.item_key = identities.item_key
where identities.identity in (select identity from arriving);

-- name: read_identities
-- all identities of the given items, to keep two different DOIs apart
select item_key, identity
from identities
where item_key in (select unnest(?::varchar[]))
order by item_key, identity;

-- name: delete_identities
-- a changed item states its identities anew
delete from identities
where item_key in (select distinct item_key from arriving);

-- name: insert_identities
-- what the arriving items are known by
insert into identities
select identity, item_key
from arriving;

-- name: insert_members
-- items without a cluster join one
insert into members
select item_key, cluster_key
from joining
where not exists (select 1 from members where members.item_key = joining.item_key);

-- name: move_members
-- two clusters that turn out to be one thing: the younger moves into the older
update members
set cluster_key = moving.cluster_key
from moving
where members.cluster_key = moving.former_key;

-- name: find_oldest
-- of several clusters that turn out to be one, the first seen keeps its key
select item_key
from items
where item_key in (select unnest(?::varchar[]))
order by first_seen_at, absorb_no, item_key
limit 1;
