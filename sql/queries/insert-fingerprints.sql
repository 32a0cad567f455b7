-- Stores the fingerprints of references.
--   $1 uuid[]     the references
--   $2 uuid[]     whose they are
--   $3 text[]     algorithms
--   $4 integer[]  parameter versions
--   $5 bytea[]    SHA-256 of the audio
--   $6 integer[]  duration of the audio in milliseconds
--   $7 integer[]  how many peaks
--   $8 bytea[]    constellations
--   $9 bytea[]    descriptor tracks
insert into fingerprint (
  reference_id, party_id, algorithm, parameter_version, audio_sha256, duration_ms, peak_count, constellation, descriptors
)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::bytea[], $6::integer[], $7::integer[], $8::bytea[], $9::bytea[])
