-- Waits for whoever is linking a recording to a reference, and keeps others from it until the transaction ends.
--   $1 uuid  the reference
select reference_id
from reference
where reference_id = $1
for update
