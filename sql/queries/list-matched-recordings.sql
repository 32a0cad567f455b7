-- Says which recordings the references of a match stand for, whoever registered them. A reference may stand for
-- several; the ISRCs are in the order they were first asserted in.
--   $1 uuid[]  the references
select reference_id, recording_id, party_id, external_id, title, artist, label, release_date, version, isrcs
from matched_recording($1)
order by reference_id, recording_id
