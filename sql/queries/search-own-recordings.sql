-- Hands recordings of the caller's party, or of the one it acts for, that have all of these terms.
--   $1 text     a tsquery
--   $2 integer  how many at most
select recording_id from own_recordings_with_terms($1, $2) recording_id
