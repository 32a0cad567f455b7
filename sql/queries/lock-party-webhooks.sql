-- Keeps others from making webhooks of a party until the transaction ends, so that counting them holds.
--   $1 uuid  the party
select pg_advisory_xact_lock(hashtextextended('webhook of ' || $1::uuid, 0))::text as locked
