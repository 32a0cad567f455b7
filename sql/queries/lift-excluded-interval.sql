-- Puts an excluded span back; hands its reference, and nothing where it was put back before.
--   $1 uuid         the interval
--   $2 uuid         who says so
--   $3 timestamptz  when
--   $4 text         why
update excluded_interval
set lifted_by = $2, lifted_at = $3, lift_reason = $4
where excluded_interval_id = $1 and lifted_at is null
returning reference_id
