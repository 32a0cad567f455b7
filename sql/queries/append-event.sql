-- Writes down an event and what of it is to be delivered, in the transaction it is called in.
--   $1 uuid         the event's id
--   $2 uuid         who is to hear of it
--   $3 text         its type
--   $4 jsonb        what happened
--   $5 timestamptz  when
--   $6 uuid         the one webhook it is for, or null for all of the party's that are for such events
select append_event($1, $2, $3, $4, $5, $6) as delivery_count
