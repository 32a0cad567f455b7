-- Ends a key for good. A key that was revoked before keeps its first date.
--   $1 uuid  the key
--   $2 uuid  whose it must be, or null for anybody's
update api_key
set revoked_at = coalesce(revoked_at, now())
where api_key_id = $1 and ($2::uuid is null or party_id = $2)
returning api_key_id
