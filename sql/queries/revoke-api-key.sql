-- Ends a key for good. A key that was revoked before keeps its first date.
--   $1 uuid  the key
update api_key
set revoked_at = coalesce(revoked_at, now())
where api_key_id = $1
returning api_key_id, revoked_at
