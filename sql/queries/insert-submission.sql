-- Keeps a submission, or hands nothing where the party has reported the same upload before.
--   $1 uuid   the submission's id
--   $2 uuid   who reports it
--   $3 text   the platform
--   $4 text   the platform's id for the upload
--   $5 text   its url, or null
--   $6 text   the account that uploaded it, or null
--   $7 text   its title, or null
--   $8 text   what kind of upload it is, or null
--   $9 bytea  SHA-256 of its audio
--   $10 uuid  the scan of it
insert into submission (
  submission_id, party_id, platform, external_id, url, account, title, content_type, audio_sha256, scan_id
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (party_id, platform, external_id) do nothing
returning submission_id
