-- Writes down that a party says a recording has this identifier. Hands nothing when it says so already.
--   $1 uuid  the assertion's id
--   $2 uuid  the recording
--   $3 uuid  who says so
--   $4 uuid  in whose name, where that is another party; or null
--   $5 text  scheme, such as isrc
--   $6 text  the identifier, normalised
--   $7 text  the delivery that said so, or null
insert into identifier_assertion (
  identifier_assertion_id, recording_id, asserted_by, on_behalf_of, scheme, value, delivery
)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (recording_id, scheme, value, asserted_by) where withdrawn_at is null do nothing
returning identifier_assertion_id
