-- Says whether a recording is matched by anything.
--   $1 uuid  the recording
select exists (select from recording_reference where recording_id = $1) as is_there
