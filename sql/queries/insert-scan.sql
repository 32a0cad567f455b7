-- Keeps a scan and its answer.
--   $1 uuid     the scan's id
--   $2 uuid     who asked
--   $3 text     what they call the upload, or null
--   $4 bigint   the feed position the index had reached
--   $5 integer  duration of the upload in milliseconds
--   $6 jsonb    the answer as it was given
insert into scan (scan_id, party_id, external_id, index_position, duration_ms, answer)
values ($1, $2, $3, $4, $5, $6)
