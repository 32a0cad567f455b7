-- Ends what applies as a party's default, or for one recording.
--   $1 uuid         whose
--   $2 uuid         the recording, or null for the default
--   $3 uuid         the policy that it must be, or null for whichever
--   $4 uuid         who ends it
--   $5 timestamptz  when
update policy_assignment
set in_force_to = $5, ended_by = $4
where party_id = $1 and recording_id is not distinct from $2::uuid and ($3::uuid is null or policy_id = $3)
  and in_force_to is null
returning policy_assignment_id
