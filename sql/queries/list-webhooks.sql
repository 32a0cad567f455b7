-- Hands webhooks without their secrets, in the order they were made in, from after a cursor.
--   $1 uuid    whose, or null for everybody's
--   $2 uuid    the last webhook already seen, or null to start
--   $3 bigint  how many at most
select webhook_id, party_id, url, description, event_types, created_at, updated_at, previous_secret_until, failing_since,
  disabled_at, disabled_reason
from webhook
where ($1::uuid is null or party_id = $1) and ($2::uuid is null or webhook_id > $2)
order by webhook_id
limit $3
