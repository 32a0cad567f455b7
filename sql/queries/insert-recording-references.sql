-- Says which references stand for which recordings.
--   $1 uuid[]  whose both are
--   $2 uuid[]  the recordings
--   $3 uuid[]  the reference of each
insert into recording_reference (party_id, recording_id, reference_id)
select * from unnest($1::uuid[], $2::uuid[], $3::uuid[])
