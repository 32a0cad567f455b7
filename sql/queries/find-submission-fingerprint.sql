-- Hands what a submission sounded like, with what claims need to know of it, while it is kept.
--   $1 uuid         the submission
--   $2 timestamptz  one that was kept before is over its time
select f.bytes, s.submission_id, s.party_id, s.platform, s.external_id, s.url, s.account, s.title, s.content_type
from submission_fingerprint f
join submission s on s.submission_id = f.submission_id
where f.submission_id = $1 and f.created_at > $2
