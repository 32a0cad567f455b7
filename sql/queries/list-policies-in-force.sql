-- Hands what is in force for recordings: defaults and overrides of whoever asserts something about them.
--   $1 uuid[]  the recordings
--   $2 uuid    a scan of the caller's that named them, or null
select party_id, recording_id, policy_id, version, document, in_force_from
from policies_heard($1, $2)
