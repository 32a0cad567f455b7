-- Ends a retroscan that has seen everything up to where it was to go; hands it, or nothing where there is more by now.
--   $1 uuid         the retroscan
--   $2 timestamptz  when
update retroscan
set state = 'done', ended_at = $2
where retroscan_id = $1 and state = 'running' and checked_position = until_position
returning retroscan_id, party_id, reference_id, cause, is_thorough, state, feed_position, begin_position,
  checked_position, until_position, scanned_count, match_count, claim_count, failure_count, failure, requested_at,
  started_at, ended_at
