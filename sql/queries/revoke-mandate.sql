-- Ends a mandate for good. One that was revoked before keeps who did it and when.
--   $1 uuid  the mandate
--   $2 uuid  who revokes it
update mandate
set revoked_by = $2, revoked_at = now()
where mandate_id = $1 and revoked_at is null
returning mandate_id
