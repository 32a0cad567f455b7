-- Hands all decisions about the rights in recordings, oldest first.
--   $1 uuid[]  the recordings
--   $2 uuid    a scan of the caller's that named them, or null
select ownership_decision_id, recording_id, ownership_conflict_id, decided_by, party_name(decided_by) as decided_by_name,
  decided_right, territories_include, territories_exclude, valid_from::text, valid_to::text, upheld, set_aside, reason,
  recorded_at
from (
  select d.* from ownership_decision d where d.recording_id = any ($1)
  union
  select h.* from decisions_heard($1, $2) h
) decided
order by recorded_at, ownership_decision_id
