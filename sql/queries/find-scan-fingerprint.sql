-- Hands the fingerprint that was scanned, while it is kept: one that is over its time is gone before it is deleted.
--   $1 uuid     the scan
--   $2 integer  days that a fingerprint is kept
select bytes
from scan_fingerprint
where scan_id = $1 and created_at > now() - make_interval(days => $2)
