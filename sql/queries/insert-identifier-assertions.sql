-- Writes down what parties say recordings are identified by: of recordings that have just been made, so that nothing is
-- said of them yet.
--   $1 uuid[]  the assertions' ids
--   $2 uuid[]  whose recordings they are about
--   $3 uuid[]  the recordings
--   $4 uuid[]  who says so
--   $5 uuid[]  in whose name, where that is another party; or null
--   $6 text    scheme, such as isrc
--   $7 text[]  the identifiers, normalised
insert into identifier_assertion (
  identifier_assertion_id, party_id, recording_id, asserted_by, on_behalf_of, scheme, value
)
select
  given.identifier_assertion_id, given.party_id, given.recording_id, given.asserted_by, given.on_behalf_of, $6,
  given.value
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $7::text[])
  as given (identifier_assertion_id, party_id, recording_id, asserted_by, on_behalf_of, value)
