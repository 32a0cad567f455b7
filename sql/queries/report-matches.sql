-- Hands matches that were found in a period in uploads that a party reported, in the order of time, from after a place.
--   $1 uuid         who reported the uploads, or null for anybody
--   $2 timestamptz  the first instant of the period
--   $3 timestamptz  the first instant after it
--   $4 text         the place of the last match already seen, or null to start
--   $5 uuid         that match, or null to start
--   $6 bigint       how many at most
select m.created_at::text as place, m.created_at as matched_at, m.submission_match_id, m.party_id as reporter_id,
  party_name(m.party_id) as reporter, m.submission_id, s.platform, s.external_id as upload_external_id, s.url,
  s.account, m.recording, m.segments, m.facts, m.unclaimed,
  (select count(*) from claim c where c.submission_id = m.submission_id and c.recording_id = m.recording_id) as claim_count
from submission_match m
join submission s on s.submission_id = m.submission_id
where ($1::uuid is null or m.party_id = $1)
  and m.created_at >= $2 and m.created_at < $3
  and ($4::text is null or (m.created_at, m.submission_match_id) > ($4::text::timestamptz, $5))
order by m.created_at, m.submission_match_id
limit $6
