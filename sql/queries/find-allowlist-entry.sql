-- Hands the entry of a party for an account.
--   $1 uuid  the party
--   $2 text  the platform
--   $3 text  the account
--   $4 text  for this label, or null for the whole catalog
select allowlist_entry_id, party_id, platform, account, label, note, created_by, created_at
from allowlist_entry
where party_id = $1 and platform = $2 and account = $3 and label is not distinct from $4
