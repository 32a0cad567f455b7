-- Hands what is known of the conflicts of a recording, resolved ones too, to find those that are new or over.
--   $1 uuid  the recording
select ownership_conflict_id, conflict_sha256, side_ids, resolved_at
from ownership_conflict
where recording_id = $1
