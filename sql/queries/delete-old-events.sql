-- Forgets some events that are over their time, with what of them was delivered or was not.
--   $1 timestamptz  from before when
--   $2 bigint       how many at most
delete from event
where event_id in (
  select event_id
  from event
  where created_at < $1
  order by created_at
  limit $2
)
returning event_id
