-- Says that a reference stands for a recording.
--   $1 uuid  whose both are
--   $2 uuid  the recording
--   $3 uuid  the reference
insert into recording_reference (party_id, recording_id, reference_id)
values ($1, $2, $3)
