-- Hands how many thorough retroscans of a party have not ended.
--   $1 uuid  whose reference they are of
select count(*) as retroscan_count
from retroscan
where state in ('waiting', 'running') and is_thorough and party_id = $1
