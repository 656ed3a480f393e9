-- name: last_before
-- the newest load that was in before a moment: what came after it is what came since
select coalesce(max(absorb_no), 0) as absorb_no
from runs
where finished_at < ?;
