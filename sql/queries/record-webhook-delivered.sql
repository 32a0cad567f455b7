-- Says that an event has arrived.
--   $1 uuid         the webhook
--   $2 uuid         the event
--   $3 timestamptz  now
--   $4 integer      what the receiver answered
update webhook_delivery
set state = 'delivered', attempt_count = attempt_count + 1, last_attempt_at = $3, last_status = $4, last_error = null,
  delivered_at = $3
where webhook_id = $1 and event_id = $2 and state = 'pending'
