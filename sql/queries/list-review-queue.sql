-- Hands claims that wait for a person, what is most at stake first, from after a cursor.
--   $1 uuid         whose they must be, or null for anybody's
--   $2 text         because of this, or null
--   $3 text         with this action, or null
--   $4 uuid         on this recording, or null
--   $5 text         on this platform, or null
--   $6 timestamptz  leaves out what is taken at this instant, or null
--   $7 uuid         the last claim already seen, or null to start
--   $8 bigint       how many at most
select claim_id, party_id, reporter_id, submission_id, recording_id, reference_id, reference_party_id, raised_as, action,
  review, territories, parts, recording, upload, segments, facts, stake, state, entered_at, deadline_at, version,
  leased_by, leased_until, party_name(party_id) as claimant, party_name(reporter_id) as reporter
from claim
where state = 'potential'
  and ($1::uuid is null or party_id = $1)
  and ($2::text is null or $2 = any (review))
  and ($3::text is null or action = $3)
  and ($4::uuid is null or recording_id = $4)
  and ($5::text is null or upload ->> 'platform' = $5)
  and ($6::timestamptz is null or leased_until is null or leased_until <= $6)
  and ($7::uuid is null or (-stake, claim_id) > (select -l.stake, l.claim_id from claim l where l.claim_id = $7))
order by stake desc, claim_id
limit $8
