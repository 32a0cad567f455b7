-- Keeps others from making mandates of a party until the transaction ends, so that counting them holds.
--   $1 uuid  the party
select pg_advisory_xact_lock(hashtextextended('mandate of ' || $1::uuid, 0))::text as locked
