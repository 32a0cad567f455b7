-- Hands what a request with this key was answered.
--   $1 uuid  whose key
--   $2 text  the key
select request_digest, response
from idempotency_key
where party_id = $1 and key = $2
