-- Writes down that a party says a recording has this identifier. Hands nothing when it says so already.
--   $1 uuid  the assertion's id
--   $2 uuid  whose recording it is about
--   $3 uuid  the recording
--   $4 uuid  who says so
--   $5 uuid  in whose name, where that is another party; or null
--   $6 text  scheme, such as isrc
--   $7 text  the identifier, normalised
--   $8 text  the delivery that said so, or null
insert into identifier_assertion (
  identifier_assertion_id, party_id, recording_id, asserted_by, on_behalf_of, scheme, value, delivery
)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (recording_id, scheme, value, asserted_by, coalesce(withdrawn_at, 'infinity')) do nothing
returning identifier_assertion_id
