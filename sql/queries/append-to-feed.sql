-- Writes the next entry of the change feed and tells whoever listens. Must be the last statement of its
-- transaction: it holds the feed's lock until the commit, and every other registration waits for that.
--   $1 text  register or delete
--   $2 uuid  the reference: one that is there for register, one that is gone for delete
select append_to_feed($1, $2) as position
