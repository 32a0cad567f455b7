-- Ends retroscans that wait while nothing is kept that they could look through: as many as a delivery has recordings.
--   $1 bigint       the position of the last submission's fingerprint
--   $2 timestamptz  when
--   $3 bigint       how many at most
with idle as (
  select retroscan_id
  from retroscan
  where state = 'waiting' and not exists (select from submission_fingerprint)
  order by retroscan_id
  limit $3
  for update skip locked
)
update retroscan r
set state = 'done',
  started_at = $2,
  ended_at = $2,
  feed_position =
    (select max(e.position) from change_feed e where e.reference_id = r.reference_id and e.kind = 'register'),
  begin_position = $1,
  checked_position = $1,
  until_position = $1
from idle
where r.retroscan_id = idle.retroscan_id
