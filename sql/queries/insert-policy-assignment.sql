-- Makes a policy its party's default, or what applies for one recording.
--   $1 uuid         the assignment's id
--   $2 uuid         whose
--   $3 uuid         the policy
--   $4 uuid         the recording, or null for the default
--   $5 uuid         who says so
--   $6 timestamptz  from when
insert into policy_assignment (policy_assignment_id, party_id, policy_id, recording_id, assigned_by, in_force_from)
values ($1, $2, $3, $4, $5, $6)
