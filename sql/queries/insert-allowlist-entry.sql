-- Puts an account on the allowlist of a party, or hands nothing where it is on it already.
--   $1 uuid  the entry's id
--   $2 uuid  the party
--   $3 text  the platform
--   $4 text  the account
--   $5 text  only for this label, or null
--   $6 text  a note, or null
--   $7 uuid  who does it
insert into allowlist_entry (allowlist_entry_id, party_id, platform, account, label, note, created_by)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing
returning allowlist_entry_id
