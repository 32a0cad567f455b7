-- Counts the entries of a party.
--   $1 uuid  the party
select count(*) as count
from allowlist_entry
where party_id = $1
