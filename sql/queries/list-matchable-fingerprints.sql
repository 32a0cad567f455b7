-- Hands what a recording is matched by, newest first.
--   $1 uuid    the recording
--   $2 bigint  how many at the most
select r.reference_id, f.duration_ms, f.constellation, l.created_at
from recording_reference l
join reference r on r.reference_id = l.reference_id
join fingerprint f on f.reference_id = r.reference_id
where l.recording_id = $1 and r.status = 'active'
order by l.created_at desc, r.reference_id
limit $2
