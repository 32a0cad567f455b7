-- Keeps others from changing the policies of a party until the transaction ends, so that counting holds.
--   $1 uuid  the party
select pg_advisory_xact_lock(hashtextextended('policies of ' || $1::uuid, 0))::text as locked
