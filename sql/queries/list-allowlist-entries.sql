-- Hands entries of allowlists in the order they were made in, from after a cursor.
--   $1 uuid    whose they must be, or null for anybody's
--   $2 uuid    the last entry already seen, or null to start
--   $3 bigint  how many at most
select allowlist_entry_id, party_id, platform, account, label, note, created_by, created_at
from allowlist_entry
where ($1::uuid is null or party_id = $1) and ($2::uuid is null or allowlist_entry_id > $2)
order by allowlist_entry_id
limit $3
