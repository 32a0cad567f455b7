-- Hands a recording and keeps others from changing or removing it until the transaction ends.
--   $1 uuid  whose it is
--   $2 text  what its party calls it
select recording_id
from recording
where party_id = $1 and external_id = $2
for update
