-- Keeps others from changing the rights in a recording until the transaction ends, so that conflicts are found in what
-- is then believed.
--   $1 uuid  the recording
select pg_advisory_xact_lock(hashtextextended('rights in ' || $1::uuid, 0))::text as locked
