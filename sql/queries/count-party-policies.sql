-- Counts the policies of a party.
--   $1 uuid  the party
select count(*) as count from policy where party_id = $1
