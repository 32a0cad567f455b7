-- Hands webhooks that are on and to which something is due.
--   $1 timestamptz  now
--   $2 bigint       how many at most
select w.webhook_id
from webhook w
where w.disabled_at is null and exists (
  select from webhook_delivery d
  where d.webhook_id = w.webhook_id and d.state = 'pending' and d.next_attempt_at <= $1
)
limit $2
