-- Hands claims of either side in the order they were raised in, from after a cursor.
--   $1 uuid    one of whose sides it must be, or null for anybody's
--   $2 text    in this state, or null
--   $3 text    with this action, or null
--   $4 uuid    on this recording, or null
--   $5 uuid    in this submission, or null
--   $6 uuid    the last claim already seen, or null to start
--   $7 bigint  how many at most
select claim_id, party_id, reporter_id, submission_id, recording_id, reference_id, reference_party_id, raised_as, action,
  review, territories, parts, recording, upload, segments, facts, stake, state, entered_at, deadline_at, version,
  leased_by, leased_until, party_name(party_id) as claimant, party_name(reporter_id) as reporter
from claim
where ($1::uuid is null or party_id = $1 or reporter_id = $1)
  and ($2::text is null or state = $2)
  and ($3::text is null or action = $3)
  and ($4::uuid is null or recording_id = $4)
  and ($5::uuid is null or submission_id = $5)
  and ($6::uuid is null or claim_id > $6)
order by claim_id
limit $7
