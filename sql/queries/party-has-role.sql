-- Says whether a party has a role, also where the caller may not see the party.
--   $1 uuid  the party
--   $2 text  the role
select party_has_role($1, $2) as has_role
