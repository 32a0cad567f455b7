-- Says whose a recording is and how much was ever asserted about it; nothing where there is no such recording.
--   $1 uuid  the recording
select r.party_id, (select count(*) from identifier_assertion a where a.recording_id = r.recording_id) as count
from recording r
where r.recording_id = $1
