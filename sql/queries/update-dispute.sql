-- Writes what the history of a dispute gives now.
--   $1 uuid         the dispute
--   $2 text         its state
--   $3 timestamptz  since when
--   $4 timestamptz  until when, or null
--   $5 integer      entries of its history
update dispute
set state = $2, entered_at = $3, deadline_at = $4, version = $5
where dispute_id = $1
