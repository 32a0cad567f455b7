-- Hands recordings of all parties that have all of these terms.
--   $1 text     a tsquery
--   $2 integer  how many at most
select recording_id from recordings_with_terms($1, $2, null) recording_id
