-- Keeps a recording found in a past submission, or, where it was found in it before, what follows from it now; says which.
--   $1 uuid    the match's id, where it is new
--   $2 uuid    who reported the submission
--   $3 uuid    the submission
--   $4 uuid    the recording
--   $5 uuid    the reference that matched
--   $6 jsonb   what the recording is called
--   $7 jsonb   where it is
--   $8 jsonb   the match summed up
--   $9 jsonb   what follows by territory
--   $10 jsonb  who does not claim it, where and why
insert into submission_match (
  submission_match_id, party_id, submission_id, recording_id, reference_id, recording, segments, facts, outcomes, unclaimed
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (submission_id, recording_id) do update
set reference_id = excluded.reference_id, segments = excluded.segments, facts = excluded.facts,
  outcomes = excluded.outcomes, unclaimed = excluded.unclaimed
returning submission_match_id = $1 as is_new
