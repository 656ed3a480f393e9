-- name: delete_signatures
-- a changed item is signed anew
delete from signatures
where item_key in (select item_key from signing);

-- name: insert_signatures
-- fingerprints as columns, in one go
insert into signatures
select item_key, bands, marks
from signing;

-- name: find_alike
-- items that share a number with an arriving one and are not in its cluster; at most twelve stored items a number
-- are looked at, so that the work stays bounded whatever the titles are
with wanted as (
    select item_key, unnest(bands) as band
    from signing
),
held as (
    select item_key, band
    from (select item_key, unnest(bands) as band from signatures)
    where band > 0 and band in (select band from wanted)
),
shared as (
    select band
    from held
    group by band
    having count(*) > 1
),
stored as (
    select item_key, band
    from held
    where band in (select band from shared)
    qualify row_number() over (partition by band order by item_key) <= 12
)
select distinct least(wanted.item_key, stored.item_key) as one, greatest(wanted.item_key, stored.item_key) as other
from wanted
join stored on stored.band = wanted.band and stored.item_key <> wanted.item_key
join members as mine on mine.item_key = wanted.item_key
join members as theirs on theirs.item_key = stored.item_key and theirs.cluster_key <> mine.cluster_key
order by one, other;

-- name: read_signatures
-- the fingerprints of the pairs found, for a closer look outside the store
select item_key, bands, marks
from signatures
where item_key in (select item_key from asked)
order by item_key;
