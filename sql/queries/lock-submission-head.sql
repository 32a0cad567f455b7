-- Says the position of the last submission's fingerprint, once everybody who has taken one has committed.
select position
from submission_head
for share
