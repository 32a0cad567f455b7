-- Writes the next entries of the change feed, in the order given, and tells whoever listens. Must be the last statement
-- of its transaction, as append-to-feed.
--   $1 text    register, delete or exclude
--   $2 uuid[]  the references: gone for delete, there for the others
select given.reference_id, append_to_feed($1, given.reference_id) as position
from unnest($2::uuid[]) with ordinality as given (reference_id, place)
order by given.place
