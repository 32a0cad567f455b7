-- Gives a key a new secret, and lets the one before it open for a while. Of two rotations within that while the first
-- secret ends at once. Hands nothing where the key has ended.
--   $1 uuid     the key
--   $2 uuid     whose it must be, or null for anybody's
--   $3 bytea    SHA-256 of the whole new key
--   $4 integer  seconds for which the secret before it opens; 0 ends it at once
update api_key
set secret_sha256 = $3,
  rotated_at = now(),
  previous_secret_sha256 = case when $4 > 0 then secret_sha256 end,
  previous_secret_until = case when $4 > 0 then now() + make_interval(secs => $4::integer) end
where api_key_id = $1 and ($2::uuid is null or party_id = $2)
  and revoked_at is null and (expires_at is null or expires_at > now())
returning prefix, previous_secret_until
