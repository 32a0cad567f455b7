-- Withdraws an assertion; the row stays, so that what was believed can be told. Hands nothing where it was withdrawn.
--   $1 uuid  the assertion
--   $2 uuid  who withdraws it
update identifier_assertion
set withdrawn_by = $2, withdrawn_at = now()
where identifier_assertion_id = $1 and withdrawn_at is null
returning identifier_assertion_id
