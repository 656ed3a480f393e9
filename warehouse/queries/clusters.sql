-- name: find_identities
-- which known items share an identity with what arrives
select identities.identity, identities.item_key, members.cluster_key
from identities
join members on members.item_key = identities.item_key
where identities.identity in (select identity from arriving);

-- name: delete_identities
-- a changed item states its identities anew
delete from identities
where item_key in (select distinct item_key from arriving);

-- name: insert_identities
-- what the arriving items are known by
insert into identities
select identity, item_key
from arriving;
