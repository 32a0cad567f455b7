-- Hands a span that was excluded from what a recording is matched by.
--   $1 uuid  the interval
--   $2 uuid  the recording
select e.excluded_interval_id, e.reference_id, e.start_ms, e.end_ms, e.claim_id, e.reason,
  party_name(e.excluded_by) as excluded_by_name, e.created_at, party_name(e.lifted_by) as lifted_by_name, e.lifted_at,
  e.lift_reason
from recording_reference l
join excluded_interval e on e.reference_id = l.reference_id
where e.excluded_interval_id = $1 and l.recording_id = $2
