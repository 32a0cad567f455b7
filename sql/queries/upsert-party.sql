-- Makes a party, or hands the one that has this name already.
-- The update changes nothing: it makes the row visible to whoever lost a race for the name.
--   $1 uuid  the id it gets if it is new
--   $2 text  its name
insert into party (party_id, name)
values ($1, $2)
on conflict (name) do update set name = excluded.name
returning party_id, name, created_at
