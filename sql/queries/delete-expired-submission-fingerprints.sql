-- Forgets fingerprints of submissions that are over their time, the oldest first.
--   $1 timestamptz  those kept before are over their time
--   $2 bigint       how many at most
delete from submission_fingerprint
where submission_id in (
  select submission_id
  from submission_fingerprint
  where created_at <= $1
  order by created_at
  limit $2
  for update skip locked
)
returning submission_id
