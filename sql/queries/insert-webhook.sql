-- Writes down a webhook of a party.
--   $1 uuid         its id
--   $2 uuid         whose
--   $3 text         where messages go
--   $4 text         what its party says of it
--   $5 text[]       the types of event it is for; none for all
--   $6 bytea        what messages are signed with
--   $7 timestamptz  now
insert into webhook (webhook_id, party_id, url, description, event_types, secret, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $7)
