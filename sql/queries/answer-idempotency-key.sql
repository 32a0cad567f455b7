-- Keeps the answer for the repetitions of a request.
--   $1 uuid   whose key
--   $2 text   the key
--   $3 jsonb  the answer
update idempotency_key
set response = $3
where party_id = $1 and key = $2
