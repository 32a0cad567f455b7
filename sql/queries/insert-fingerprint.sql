-- Stores the fingerprint of a reference.
--   $1 uuid     the reference
--   $2 uuid     whose it is
--   $3 text     algorithm
--   $4 integer  parameter version
--   $5 bytea    SHA-256 of the audio
--   $6 integer  duration of the audio in milliseconds
--   $7 integer  how many peaks
--   $8 bytea    the constellation
--   $9 bytea    the descriptor track
insert into fingerprint (
  reference_id, party_id, algorithm, parameter_version, audio_sha256, duration_ms, peak_count, constellation, descriptors
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
