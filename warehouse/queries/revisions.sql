-- name: newest_revisions
-- what has just changed, to be classed
select item_key, revision, changes, changed_at
from revisions
where item_key in (select unnest(?::varchar[]))
qualify row_number() over (partition by item_key order by revision desc) = 1
order by item_key;

-- name: insert_changes
-- the classes of what changed, beside the revision (P11)
insert into changes
select item_key, revision, field, "class", is_material, before, after, changed_at
from classed;

-- name: read_changes
-- what changed in an item and what it means, newest first, for explain
select field, "class", is_material, before, after
from changes
where item_key = ?
order by revision desc, field;

-- name: material_since
-- what may bring a rejected cluster back to the queue, in the order it happened (P32)
select item_key, "class", field, before, after, changed_at
from changes
where is_material
    and item_key in (select unnest(?::varchar[]))
    and "class" in (select unnest(?::varchar[]))
order by changed_at, revision, field;
