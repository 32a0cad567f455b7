-- Stores the fingerprint of a reference.
--   $1 uuid     the reference
--   $2 text     algorithm
--   $3 integer  parameter version
--   $4 bytea    SHA-256 of the audio
--   $5 integer  duration of the audio in milliseconds
--   $6 integer  how many peaks
--   $7 bytea    the constellation
--   $8 bytea    the descriptor track
insert into fingerprint (
  reference_id, algorithm, parameter_version, audio_sha256, duration_ms, peak_count, constellation, descriptors
)
values ($1, $2, $3, $4, $5, $6, $7, $8)
