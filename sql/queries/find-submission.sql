-- Hands one submission.
--   $1 uuid  the submission
--   $2 uuid  whose it must be, or null for anybody's
select submission_id, party_id, platform, external_id, url, account, title, content_type, audio_sha256, scan_id, created_at
from submission
where submission_id = $1 and ($2::uuid is null or party_id = $2)
