-- Hands the next fingerprints of submissions, bounded in number and in bytes. The first comes whatever its size, so that
-- a reader always gets on.
--   $1 bigint  the last position already read
--   $2 bigint  how many at most
--   $3 bigint  how many bytes at most
with ahead as (
  select f.position, f.submission_id, octet_length(f.bytes) as size
  from submission_fingerprint f
  where f.position > $1
  order by f.position
  limit $2
), summed as (
  select position, submission_id, sum(size) over (order by position) - size as bytes_before
  from ahead
)
select s.position, s.submission_id, f.bytes
from summed s
join submission_fingerprint f on f.submission_id = s.submission_id
where s.bytes_before < $3
order by s.position
