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

-- name: read_ages
-- of clusters that turn out to be one, the first seen keeps its key
select item_key, first_seen_at at time zone 'UTC'
from items
where item_key in (select unnest(?::varchar[]));

-- name: read_apart
-- the clusters of today that a broker keeps apart; an item without a cluster yet is its own
select coalesce(mine.cluster_key, kept_apart.item_key), coalesce(theirs.cluster_key, kept_apart.other_key)
from kept_apart
left join members as mine on mine.item_key = kept_apart.item_key
left join members as theirs on theirs.item_key = kept_apart.other_key
order by 1, 2;
