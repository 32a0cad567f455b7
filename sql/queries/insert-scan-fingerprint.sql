-- Keeps the fingerprint that was scanned.
--   $1 uuid   the scan
--   $2 uuid   who asked
--   $3 bytea  the fingerprint file's bytes
insert into scan_fingerprint (scan_id, party_id, bytes)
values ($1, $2, $3)
