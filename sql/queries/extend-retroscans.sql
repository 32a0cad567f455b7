-- A submission that was searched before a reference became active and kept after its retroscan had begun was missed by
-- both: such retroscans go on until they have seen it. Hands the submissions looked at.
--   $1 bigint  how many submissions at most
with overtaken as (
  select submission_id, position, index_position, feed_position
  from submission_fingerprint
  where index_position < feed_position
  order by position
  limit $1
  for update skip locked
), missed as (
  select r.retroscan_id, max(o.position) as position
  from overtaken o
  join retroscan r on r.feed_position > o.index_position and r.feed_position <= o.feed_position
    and r.until_position < o.position and r.state in ('running', 'done')
  group by r.retroscan_id
), extended as (
  update retroscan r
  set until_position = m.position, state = 'running', ended_at = null
  from missed m
  where r.retroscan_id = m.retroscan_id
)
update submission_fingerprint f
set index_position = f.feed_position
from overtaken o
where f.submission_id = o.submission_id
returning f.submission_id
