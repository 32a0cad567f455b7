-- Notes how far a retroscan is. It never goes back: two processes that work on the same one do it twice at the most.
--   $1 uuid     the retroscan
--   $2 bigint   submissions up to this position are done
--   $3 integer  submissions scanned since the last note
--   $4 integer  matches made
--   $5 integer  claims raised
update retroscan
set checked_position = least(until_position, greatest(checked_position, $2)), scanned_count = scanned_count + $3,
  match_count = match_count + $4, claim_count = claim_count + $5, failure_count = 0, failure = null
where retroscan_id = $1 and state = 'running'
