-- Stores a key's digest; the key itself is never stored.
--   $1 uuid         the key's id
--   $2 uuid         whose key it is
--   $3 text         its public part, by which it is looked up
--   $4 bytea        SHA-256 of the whole key
--   $5 text[]       its scopes, or null for what the roles of its party give
--   $6 timestamptz  when it ends, or null
insert into api_key (api_key_id, party_id, prefix, secret_sha256, scopes, expires_at)
values ($1, $2, $3, $4, $5, $6)
