-- Hands what is due to a webhook, what has waited longest first.
--   $1 uuid         the webhook
--   $2 timestamptz  now
--   $3 bigint       how many at most
select d.event_id, e.type, e.payload, e.created_at, d.attempt_count
from webhook_delivery d
join event e on e.party_id = d.party_id and e.event_id = d.event_id
where d.webhook_id = $1 and d.state = 'pending' and d.next_attempt_at <= $2
order by d.next_attempt_at, d.event_id
limit $3
