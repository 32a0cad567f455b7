-- Hands the party of this name.
--   $1 text  its name
select party_id, name, created_at
from party
where name = $1
