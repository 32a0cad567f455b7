-- Writes the next entry of the change feed and tells whoever listens. Must be the last statement of its
-- transaction: it holds the feed's lock until the commit, and every other registration waits for that.
--   $1 text  register, delete or exclude
--   $2 uuid  the reference: one that is gone for delete, one that is there for the others
select append_to_feed($1, $2) as position
