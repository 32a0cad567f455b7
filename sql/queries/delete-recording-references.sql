-- Takes a recording's references from it, and hands them.
--   $1 uuid  the recording
delete from recording_reference
where recording_id = $1
returning reference_id
