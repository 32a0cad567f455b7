-- Hands a recording that a scan of the caller's named, whoever registered it.
--   $1 uuid  the scan
--   $2 uuid  the recording
select recording_id, external_id, title, artist
from scanned_recording($1, $2)
