-- Says that a conflict is over.
--   $1 uuid         the conflict
--   $2 text         withdrawal, decision or superseded
--   $3 timestamptz  when
update ownership_conflict
set resolution = $2, resolved_at = $3
where ownership_conflict_id = $1 and resolved_at is null
