-- Hands how many retroscans are in each state.
--   $1 uuid  whose reference they must be of, or null for anybody's
select state, count(*) as retroscan_count
from retroscan
where $1::uuid is null or party_id = $1
group by state
