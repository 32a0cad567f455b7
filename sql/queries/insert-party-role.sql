-- Gives a party a role; it may have it already.
--   $1 uuid  the party
--   $2 text  the role
insert into party_role (party_id, role)
values ($1, $2)
on conflict (party_id, role) do nothing
