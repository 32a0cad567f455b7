-- Hands what parties are called, whoever asks.
--   $1 uuid[]  the parties
select party_id, party_name(party_id) as name
from unnest($1::uuid[]) as party_id
