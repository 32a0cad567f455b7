-- Takes an account off the allowlist of a party.
--   $1 uuid  the entry
--   $2 uuid  whose it must be, or null for anybody's
delete from allowlist_entry
where allowlist_entry_id = $1 and ($2::uuid is null or party_id = $2)
returning allowlist_entry_id
