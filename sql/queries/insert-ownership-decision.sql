-- Writes a decision down.
--   $1 uuid          the decision's id
--   $2 uuid          who registered the recording
--   $3 uuid          the recording
--   $4 uuid          the conflict
--   $5 uuid          who decides
--   $6 text          the right, or AllRights
--   $7 text[]        territories included
--   $8 text[]        territories excluded
--   $9 text          the first day it holds, or null
--   $10 text         the first day it holds no longer, or null
--   $11 uuid[]       the assertions that stand
--   $12 uuid[]       the assertions that do not
--   $13 text         why
--   $14 timestamptz  when it is recorded
insert into ownership_decision (
  ownership_decision_id, party_id, recording_id, ownership_conflict_id, decided_by, decided_right,
  territories_include, territories_exclude, valid_from, valid_to, upheld, set_aside, reason, recorded_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::date, $10::text::date, $11, $12, $13, $14)
