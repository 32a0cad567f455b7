-- Hands the spans that were excluded from what a recording is matched by, those that were put back too, in the order of
-- their exclusion, from after a cursor.
--   $1 uuid    the recording
--   $2 uuid    the last interval already seen, or null to start
--   $3 bigint  how many at most
select e.excluded_interval_id, e.reference_id, e.start_ms, e.end_ms, e.claim_id, e.reason,
  party_name(e.excluded_by) as excluded_by_name, e.created_at, party_name(e.lifted_by) as lifted_by_name, e.lifted_at,
  e.lift_reason
from recording_reference l
join excluded_interval e on e.reference_id = l.reference_id
where l.recording_id = $1 and ($2::uuid is null or e.excluded_interval_id > $2)
order by e.excluded_interval_id
limit $3
