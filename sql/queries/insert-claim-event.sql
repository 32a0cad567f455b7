-- Appends to the history of a claim.
--   $1 uuid          the claim
--   $2 integer       its number, from 1
--   $3 uuid          the claimant
--   $4 uuid          who reported the submission
--   $5 text          what happened
--   $6 text          the state before, or null
--   $7 text          the state after
--   $8 text          in which role somebody did it
--   $9 uuid          who, or null for the registry itself
--   $10 uuid         for whom, by a mandate, or null
--   $11 text         why
--   $12 jsonb        what else was said
--   $13 timestamptz  when
--   $14 timestamptz  when the state ends by itself, or null
insert into claim_event (
  claim_id, entry_number, party_id, reporter_id, type, from_state, to_state, actor_role, actor_party_id,
  on_behalf_of, reason, detail, at, deadline_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
