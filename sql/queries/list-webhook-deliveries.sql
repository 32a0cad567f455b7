-- Hands what has been or is to be delivered to a webhook, newest event first, from before a cursor.
--   $1 uuid    the webhook
--   $2 text    only in this state, or null for any
--   $3 uuid    the last event already seen, or null to start
--   $4 bigint  how many at most
select d.event_id, e.type, e.created_at, d.state, d.attempt_count, d.next_attempt_at, d.last_attempt_at, d.last_status,
  d.last_error, d.delivered_at
from webhook_delivery d
join event e on e.party_id = d.party_id and e.event_id = d.event_id
where d.webhook_id = $1 and ($2::text is null or d.state = $2) and ($3::uuid is null or d.event_id < $3)
order by d.event_id desc
limit $4
