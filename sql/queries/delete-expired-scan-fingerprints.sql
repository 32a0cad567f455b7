-- Forgets some fingerprints that are over their time. Every scan is followed by taking up to ten old ones away, so that the table
-- stays bounded without a job of its own.
--   $1 integer  days that a fingerprint is kept
delete from scan_fingerprint
where scan_id in (
  select scan_id
  from scan_fingerprint
  where created_at <= now() - make_interval(days => $1)
  order by created_at
  limit 10
  for update skip locked
)
