-- Says which positions of submissions are kept: 0 and 0 before the first.
select h.position, coalesce((select min(f.position) from submission_fingerprint f), h.position + 1) as oldest_position
from submission_head h
