-- name: read_flagged
-- the desk's book of what is flagged, narrow: all that a queue is made of, without the long texts; a number for each row
-- as it stands tells what has changed since the last copy
select flagged.*, hash(flagged) as print
from (
    select
        opportunities.company_key, opportunities.need_key, opportunities.need_version, opportunities.cluster_key,
        opportunities.item_key, opportunities.fit, opportunities.confidence, opportunities.reasons,
        opportunities.model_version, items.kind, items.source, items.state_key, items.published_on,
        items.first_seen_at, states.title, states.rowid as place, json_extract(states.facts, '$.call') as call
    from opportunities
    join items on items.item_key = opportunities.item_key
    join states on states.item_key = items.item_key and states.state_key = items.state_key
) as flagged;

-- name: read_flagged_members
-- which items stand in the clusters of the book, so that decisions on any member hold (P17)
select members.cluster_key, members.item_key
from members
where members.cluster_key in (
    select homes.cluster_key
    from matches
    join members as homes on homes.item_key = matches.cluster_key
    where matches.is_flagged
);

-- name: read_state
-- one item whole, found by the row it stood in when the book was read; nothing where the rows have moved since
select states.title, states.body, states.facts, states.capture_sha256
from states
where states.rowid = ? and states.item_key = ? and states.state_key = ?;

-- name: seek_state
-- the same where the rows have moved: a scan
select states.title, states.body, states.facts, states.capture_sha256
from states
where states.item_key = ? and states.state_key = ?;
