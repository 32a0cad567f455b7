-- Hands a recording and keeps others from changing or removing it until the transaction ends.
--   $1 uuid  the recording
--   $2 uuid  whose it must be, or null for anybody's
select recording_id
from recording
where recording_id = $1 and ($2::uuid is null or party_id = $2)
for update
