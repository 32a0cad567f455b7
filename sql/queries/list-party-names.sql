-- Hands what parties are called.
--   $1 uuid[]  the parties
select id as party_id, party_name(id) as name
from unnest($1::uuid[]) id
