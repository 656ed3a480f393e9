-- name: insert_check
-- what a run says of its source's health, in the transaction that stores its items
insert into checks
values (?, ?, ?, ?, ?, ?);

-- name: read_checked
-- the last runs of every source with what they say of its health, newest first; enough for a month of daily runs
select runs.source, runs.run_key, runs.state, runs.finished_at, runs.items, runs.counts, checks.filled,
    checks.captures, checks.trouble
from runs
left join checks on checks.source = runs.source and checks.run_key = runs.run_key
qualify row_number() over (partition by runs.source order by runs.finished_at desc, runs.absorb_no desc) <= ?
order by runs.source, runs.finished_at desc, runs.absorb_no desc;
