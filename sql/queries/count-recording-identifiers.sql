-- Says how much was ever asserted about a recording; nothing where there is no such recording.
--   $1 uuid  the recording
select (select count(*) from identifier_assertion a where a.recording_id = r.recording_id) as count
from recording r
where r.recording_id = $1
