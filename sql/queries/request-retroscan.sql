-- Asks for retroscans of a recording's references, but those that wait for one anyway.
--   $1 uuid[]       ids, one for each reference
--   $2 uuid         the recording
--   $3 text         why
--   $4 timestamptz  when
select request_retroscan($1, $2, $3, $4) as requested_count
