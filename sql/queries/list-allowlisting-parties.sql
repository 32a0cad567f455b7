-- Says which parties do not claim from an account what is of a label.
--   $1 text  the platform
--   $2 text  the account
--   $3 text  the label of the recording, or null
select party_id
from allowlisting_party($1, $2, $3) as party_id
order by party_id
