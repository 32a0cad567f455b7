-- Writes a rights assertion down. Hands nothing where the party says the same already.
--   $1 uuid          the assertion's id
--   $2 uuid          whose right it is said to be
--   $3 uuid          the recording
--   $4 uuid          who registered it
--   $5 uuid          who says so
--   $6 uuid          the scan by which it is known, or null
--   $7 text          the right, or AllRights
--   $8 integer       the share in millionths
--   $9 text[]        territories included
--   $10 text[]       territories excluded
--   $11 text         the first day it holds, or null
--   $12 text         the first day it holds no longer, or null
--   $13 text         the basis
--   $14 text         where the evidence is, or null
--   $15 bytea        SHA-256 of what is asserted
--   $16 timestamptz  when it is recorded
insert into rights_assertion (
  rights_assertion_id, party_id, recording_id, registrant_id, asserted_by, scan_id, asserted_right, share_ppm,
  territories_include, territories_exclude, valid_from, valid_to, basis, evidence, content_sha256, recorded_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::date, $12::text::date, $13, $14, $15, $16)
on conflict (recording_id, party_id, content_sha256) where withdrawn_at is null do nothing
returning rights_assertion_id
