-- Writes down that a party says a recording has this identifier. Hands nothing when it was said before.
--   $1 uuid  the assertion's id
--   $2 uuid  the recording
--   $3 uuid  who says so
--   $4 text  scheme, such as isrc
--   $5 text  the identifier, normalised
insert into identifier_assertion (identifier_assertion_id, recording_id, asserted_by, scheme, value)
values ($1, $2, $3, $4, $5)
on conflict (recording_id, scheme, value, asserted_by) do nothing
returning identifier_assertion_id
