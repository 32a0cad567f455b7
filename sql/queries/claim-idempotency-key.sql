-- Takes an idempotency key for this transaction, or hands nothing when it was used within the last 24 hours,
-- after waiting for whoever is using it.
--   $1 uuid   whose key
--   $2 text   the key
--   $3 bytea  SHA-256 of the request
insert into idempotency_key (party_id, key, request_digest)
values ($1, $2, $3)
on conflict (party_id, key) do update
  set request_digest = excluded.request_digest, response = null, created_at = now()
  where idempotency_key.created_at < now() - interval '24 hours'
returning key
