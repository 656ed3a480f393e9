-- name: absorbed
-- which hauls of a source are already in; absorbing one again changes nothing
select 1
from runs
where source = ? and run_key = ?;

-- name: absorbed_hauls
-- every haul that is in, to find those that wait and those that may be packed
select source, run_key
from runs;

-- name: insert_run
-- one row of counters per run
insert into runs
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: move_cursor
-- the cursor moves in the same transaction that stores the items, and never back (P14)
insert into cursors
values (?, ?, ?)
on conflict (source) do update set cursor = greatest(cursors.cursor, excluded.cursor), moved_at = excluded.moved_at;

-- name: read_cursors
-- where the next crawl of each source may start
select source, cursor
from cursors
order by source;

-- name: latest_runs
-- the last run of every source, worst first
select source, run_key, state, counts, items, new_items, changed_items, started_at, finished_at
from runs
qualify row_number() over (partition by source order by finished_at desc, absorb_no desc) = 1
order by case state when 'failed' then 0 when 'partial' then 1 else 2 end, source;

-- name: examined_since
-- what was examined since a moment, by source, for the digest's foot (P15)
select source, sum(items) as items, sum(new_items) as new_items
from runs
where finished_at >= ?
group by source
order by source;

-- name: size
-- how much the warehouse holds, by source and kind
select source, kind, count(*) as items
from items
group by source, kind
order by source, kind;

-- name: dump_items
-- the logical content of the warehouse, for comparing two stores (RELIABILITY P2)
select 'item' as part, item_key || '|' || state_key || '|' || revision || '|' || first_seen_at as row
from items
union all
select 'state', item_key || '|' || state_key || '|' || capture_sha256
from states
union all
select 'revision', item_key || '|' || revision || '|' || changes
from revisions
union all
select 'member', item_key || '|' || cluster_key
from members
union all
select 'identity', identity || '|' || item_key
from identities
union all
select 'match', need_key || '|' || need_version || '|' || cluster_key || '|' || fit || '|' || reasons || '|' || is_flagged
from matches
union all
select 'change', item_key || '|' || revision || '|' || field || '|' || "class" || '|' || is_material
from changes
union all
select 'apart', item_key || '|' || other_key || '|' || broker
from kept_apart
union all
select 'signature', item_key || '|' || bands::varchar || '|' || md5(marks)
from signatures
union all
select 'check', source || '|' || run_key || '|' || filled || '|' || captures || '|' || trouble
from checks
union all
select 'cursor', source || '|' || cursor
from cursors
order by part, row;
