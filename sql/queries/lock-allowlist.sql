-- Lets one transaction at a time add to the allowlist of a party.
--   $1 uuid  the party
select pg_advisory_xact_lock(hashtextextended('allowlist ' || $1::uuid::text, 0))::text as locked
