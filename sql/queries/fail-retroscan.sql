-- Notes that an attempt came no further; after so many without any progress the retroscan has failed.
--   $1 uuid         the retroscan
--   $2 text         why
--   $3 integer      attempts at the most
--   $4 timestamptz  when
update retroscan
set failure_count = failure_count + 1, failure = $2,
  state = case when failure_count + 1 >= $3 then 'failed' else state end,
  ended_at = case when failure_count + 1 >= $3 then $4::timestamptz end
where retroscan_id = $1 and state = 'running'
