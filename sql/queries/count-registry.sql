-- Says how much is registered.
select
  (select count(*) from recording) as recording_count,
  (select count(*) from reference) as reference_count,
  (select coalesce(sum(duration_ms), 0)::bigint from fingerprint) as duration_ms
