-- Asks for retroscans of a recording's references, but those that wait for one anyway.
--   $1 uuid[]       ids, one for each reference
--   $2 uuid         the recording
--   $3 text         why
--   $4 timestamptz  when
--   $5 boolean      whether every submission is scanned
select request_retroscan($1, $2, $3, $4, $5) as requested_count
