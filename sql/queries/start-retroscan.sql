-- Takes the next quick retroscan, or the next thorough one: one that was broken off, else of those that were asked for,
-- else of all, the one that has waited longest.
--   $1 bigint       the position of the last submission's fingerprint
--   $2 timestamptz  when
--   $3 boolean      whether a thorough one
with next as (
  select retroscan_id
  from retroscan
  where state in ('running', 'waiting') and is_thorough = $3
  order by state, (cause <> 'request'), retroscan_id
  limit 1
  for update skip locked
)
update retroscan r
set state = 'running',
  started_at = coalesce(r.started_at, $2),
  feed_position = coalesce(
    r.feed_position,
    (select max(e.position) from change_feed e where e.reference_id = r.reference_id and e.kind in ('register', 'exclude'))
  ),
  begin_position = case
    when r.state = 'running' then r.begin_position
    else coalesce((select min(f.position) - 1 from submission_fingerprint f), $1)
  end,
  checked_position = case
    when r.state = 'running' then r.checked_position
    else coalesce((select min(f.position) - 1 from submission_fingerprint f), $1)
  end,
  until_position = case when r.state = 'running' then r.until_position else $1 end
from next
where r.retroscan_id = next.retroscan_id
returning r.retroscan_id, r.party_id, r.reference_id, r.cause, r.is_thorough, r.state, r.feed_position,
  r.begin_position, r.checked_position, r.until_position, r.scanned_count, r.match_count, r.claim_count, r.failure_count,
  r.failure, r.requested_at, r.started_at, r.ended_at
