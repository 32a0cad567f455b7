-- Keeps others from asserting about a recording until the transaction ends, so that counting holds.
--   $1 uuid  the recording
select pg_advisory_xact_lock(hashtextextended('identifier_assertion of ' || $1::uuid, 0))::text as locked
