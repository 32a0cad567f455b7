-- Gives a reviewer the claims with most at stake that nobody has taken, for a while. Two that ask at once get different
-- ones and do not wait for each other.
--   $1 uuid         whose they must be, or null for anybody's
--   $2 text         because of this, or null
--   $3 text         with this action, or null
--   $4 uuid         on this recording, or null
--   $5 text         on this platform, or null
--   $6 timestamptz  now
--   $7 uuid         the API key that takes them
--   $8 timestamptz  until when
--   $9 bigint       how many at most
with taken as (
  select claim_id
  from claim
  where state = 'potential'
    and ($1::uuid is null or party_id = $1)
    and ($2::text is null or $2 = any (review))
    and ($3::text is null or action = $3)
    and ($4::uuid is null or recording_id = $4)
    and ($5::text is null or upload ->> 'platform' = $5)
    and (leased_until is null or leased_until <= $6)
  order by stake desc, claim_id
  limit $9
  for update skip locked
)
update claim
set leased_by = $7, leased_until = $8
where claim_id in (select claim_id from taken)
returning claim_id, party_id, reporter_id, submission_id, recording_id, reference_id, reference_party_id, raised_as, action,
  review, territories, parts, recording, upload, segments, facts, stake, state, entered_at, deadline_at, version,
  leased_by, leased_until, party_name(party_id) as claimant, party_name(reporter_id) as reporter
