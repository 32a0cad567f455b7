-- Withdraws a rights assertion; the row stays, so that what was believed can be told.
--   $1 uuid         the assertion
--   $2 uuid         who withdraws it
--   $3 timestamptz  when
update rights_assertion
set withdrawn_by = $2, withdrawn_at = $3
where rights_assertion_id = $1 and withdrawn_at is null
returning rights_assertion_id
