-- name: read_ground
-- the statistics of a model, taken once for many runs
select clusters, packed
from grounds
where model_version = ?
order by taken_at desc, clusters desc
limit 1;

-- name: delete_grounds
-- one model needs one set; those of other models go with the first match of a new one
delete from grounds;

-- name: insert_ground
-- statistics as taken
insert into grounds
select model_version, clusters, packed, taken_at
from taken;
