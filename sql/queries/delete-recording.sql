-- Removes a recording with its identifier assertions. Its links to references must be gone already.
--   $1 uuid  the recording
delete from recording
where recording_id = $1
