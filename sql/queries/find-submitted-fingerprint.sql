-- Hands what was submitted with a scan, while it is kept.
--   $1 uuid         the scan
--   $2 timestamptz  what was kept before is over its time
select f.bytes
from submission s
join submission_fingerprint f on f.submission_id = s.submission_id
where s.scan_id = $1 and f.created_at > $2
