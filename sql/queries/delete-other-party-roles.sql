-- Takes every role from a party but these.
--   $1 uuid    the party
--   $2 text[]  the roles it keeps
delete from party_role
where party_id = $1 and role <> all ($2)
