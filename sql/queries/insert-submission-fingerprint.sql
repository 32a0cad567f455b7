-- Keeps what a submission sounded like, and hands its position. Only as the last statement of a transaction.
--   $1 uuid         the submission
--   $2 uuid         who reported it
--   $3 bigint       the position of the change feed that its scan was answered at
--   $4 bytea        the fingerprint file's bytes
--   $5 timestamptz  when
insert into submission_fingerprint (
  submission_id, party_id, index_position, bytes, created_at, position, feed_position
)
select $1, $2, $3, $4, $5, next.position, next.feed_position
from next_submission_position() next
returning position
