-- Hands the submissions whose fingerprints are kept, in the order of their positions.
--   $1 bigint  the last position already handed
--   $2 bigint  the last position to be handed
--   $3 bigint  how many at most
select submission_id, position
from submission_fingerprint
where position > $1 and position <= $2
order by position
limit $3
