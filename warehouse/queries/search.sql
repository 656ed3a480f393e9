-- name: read_loaded_since
-- what the search index has not taken in yet, in the order it was loaded
select items.item_key, states.title, states.body, items.absorb_no
from items
join states on states.item_key = items.item_key and states.state_key = items.state_key
where items.absorb_no > ?
order by items.absorb_no;
