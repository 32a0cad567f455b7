-- Hands who registered a recording whose rights the caller may speak of.
--   $1 uuid  the recording
--   $2 uuid  a scan of the caller's that named it, or null
select h.registrant_id from recordings_heard(array[$1::uuid], $2::uuid) h
union
select r.party_id from recording r where r.recording_id = $1
