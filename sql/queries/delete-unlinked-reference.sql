-- Removes a reference with its fingerprint when no recording is left that it stands for; hands it if so.
-- A statement of its own after lock-reference: only a later snapshot sees links committed while it waited.
--   $1 uuid  the reference
delete from reference
where reference_id = $1
  and not exists (select from recording_reference l where l.reference_id = $1)
returning reference_id
