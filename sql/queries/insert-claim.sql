-- Keeps a claim, or hands nothing where the match raised it before.
--   $1 uuid          the claim's id
--   $2 uuid          the claimant
--   $3 uuid          who reported the submission
--   $4 uuid          the submission
--   $5 uuid          the recording
--   $6 uuid          the reference that matched
--   $7 uuid          whose reference it is
--   $8 text          active or potential
--   $9 text          the most restrictive action
--   $10 text[]       why a person has to look
--   $11 jsonb        where
--   $12 jsonb        action and reason by territory
--   $13 jsonb        what the recording is called
--   $14 jsonb        what is known of the upload
--   $15 jsonb        where in it
--   $16 jsonb        the match summed up
--   $17 bigint       what is at stake
--   $18 text         its state
--   $19 timestamptz  since when
--   $20 timestamptz  until when, or null
--   $21 integer      entries of its history
insert into claim (
  claim_id, party_id, reporter_id, submission_id, recording_id, reference_id, reference_party_id, raised_as, action,
  review, territories, parts, recording, upload, segments, facts, stake, state, entered_at, deadline_at, version
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
on conflict (submission_id, recording_id, party_id, raised_as) do nothing
returning claim_id
