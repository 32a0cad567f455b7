-- Says whether a recording was found in what was submitted with a scan, by then or by a retroscan.
--   $1 uuid  the scan
--   $2 uuid  the recording
select exists (
  select from submission s
  join submission_match m on m.submission_id = s.submission_id
  where s.scan_id = $1 and m.recording_id = $2
) as is_found
