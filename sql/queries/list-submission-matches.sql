-- Hands what was found in submissions, in the order it was found in.
--   $1 uuid[]  the submissions
select submission_match_id, party_id, submission_id, recording_id, reference_id, recording, segments, facts, outcomes, unclaimed, created_at
from submission_match
where submission_id = any ($1)
order by submission_id, submission_match_id
