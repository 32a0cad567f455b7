-- Hands the submission that a party made of an upload.
--   $1 uuid  the party
--   $2 text  the platform
--   $3 text  the platform's id for the upload
select submission_id, party_id, platform, external_id, url, account, title, content_type, audio_sha256, scan_id, created_at
from submission
where party_id = $1 and platform = $2 and external_id = $3
