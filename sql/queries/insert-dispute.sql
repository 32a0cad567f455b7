-- Keeps a dispute.
--   $1 uuid         the dispute's id
--   $2 uuid         the claim
--   $3 uuid         the claimant
--   $4 uuid         who reported the submission
--   $5 text         the reason
--   $6 text         its state
--   $7 timestamptz  since when
--   $8 timestamptz  until when, or null
--   $9 integer      entries of its history
insert into dispute (dispute_id, claim_id, party_id, reporter_id, dispute_reason, state, entered_at, deadline_at, version)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
