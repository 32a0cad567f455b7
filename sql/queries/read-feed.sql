-- Hands the change feed's next entries with what an index needs of them, bounded in number and in bytes.
-- The first entry comes whatever its size, so that a reader always gets on. A constellation is absent for a
-- delete, and for a register whose reference is gone by now: its delete comes later in the feed.
--   $1 bigint   the last position already read
--   $2 bigint   how many at most
--   $3 bigint   how many bytes of constellations at most
with ahead as (
  select e.position, e.kind, e.reference_id, f.duration_ms, octet_length(f.constellation) as bytes
  from change_feed e
  left join fingerprint f on f.reference_id = e.reference_id and e.kind = 'register'
  where e.position > $1
  order by e.position
  limit $2
), summed as (
  select position, kind, reference_id, duration_ms,
    sum(bytes) over (order by position) - coalesce(bytes, 0) as bytes_before
  from ahead
)
select s.position, s.kind, s.reference_id, f.duration_ms, f.constellation
from summed s
left join fingerprint f on f.reference_id = s.reference_id and s.kind = 'register'
where coalesce(s.bytes_before, 0) < $3
order by s.position
