-- Keeps a span of a reference that must not match.
--   $1 uuid     the interval's id
--   $2 uuid     whose reference it is
--   $3 uuid     the reference
--   $4 integer  where it begins, in milliseconds
--   $5 integer  where it ends
--   $6 uuid     the claim by whose release it was found
--   $7 text     why
--   $8 uuid     who says so
insert into excluded_interval (
  excluded_interval_id, party_id, reference_id, start_ms, end_ms, claim_id, reason, excluded_by
)
values ($1, $2, $3, $4, $5, $6, $7, $8)
