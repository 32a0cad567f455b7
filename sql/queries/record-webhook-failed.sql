-- Says that an event has not arrived, and when it is tried again.
--   $1 uuid         the webhook
--   $2 uuid         the event
--   $3 timestamptz  now
--   $4 integer      what the receiver answered, or null where it did not
--   $5 text         why that is a failure
--   $6 timestamptz  when it is tried again, or null where it is dead from now on
update webhook_delivery
set state = case when $6::timestamptz is null then 'dead' else 'pending' end, attempt_count = attempt_count + 1,
  last_attempt_at = $3, last_status = $4, last_error = $5, next_attempt_at = coalesce($6, next_attempt_at)
where webhook_id = $1 and event_id = $2 and state = 'pending'
