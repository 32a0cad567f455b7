-- Asks for the retroscans of recordings that have just been made, of which each has one reference.
--   $1 uuid[]       an id for each
--   $2 uuid[]       the recordings
--   $3 text         why
--   $4 timestamptz  when
select request_retroscan(array[given.retroscan_id], given.recording_id, $3, $4) as requested_count
from unnest($1::uuid[], $2::uuid[]) as given (retroscan_id, recording_id)
