-- Writes the next entry of the change feed and tells whoever listens. Must be the last statement of its
-- transaction: it holds the feed's lock until the commit, and every other registration waits for that.
--   $1 text  register or delete
--   $2 uuid  the reference
with head as (
  update feed_head set position = position + 1 returning position
), entry as (
  insert into change_feed (position, kind, reference_id)
  select position, $1, $2 from head
  returning position
)
select position, pg_notify('change_feed', position::text)::text as notified
from entry
