-- Hands the spans that must not match: of some references, or of all.
--   $1 uuid[]  the references, or null for all
select reference_id, start_ms, end_ms
from excluded_interval
where lifted_at is null and ($1::uuid[] is null or reference_id = any ($1))
order by reference_id, start_ms
