-- Hands submissions in the order they were made in, from after a cursor.
--   $1 uuid    whose they must be, or null for anybody's
--   $2 text    of this platform, or null
--   $3 text    of this account, or null
--   $4 uuid    the last submission already seen, or null to start
--   $5 bigint  how many at most
select submission_id, party_id, platform, external_id, url, account, title, content_type, audio_sha256, scan_id, created_at
from submission
where ($1::uuid is null or party_id = $1)
  and ($2::text is null or platform = $2)
  and ($3::text is null or account = $3)
  and ($4::uuid is null or submission_id > $4)
order by submission_id
limit $5
