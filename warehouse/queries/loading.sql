-- name: read_loading
-- how far a haul came before whoever absorbed it was stopped
select lines, new_items, changed_items, unchanged_items, twins
from loading
where source = ? and run_key = ?;

-- name: delete_loading
-- one source has one haul under way at most; one that nobody finished was removed and collected again
delete from loading
where source = ?;

-- name: insert_loading
-- in the transaction that stores these lines' items
insert into loading
values (?, ?, ?, ?, ?, ?, ?);
