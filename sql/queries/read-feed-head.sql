-- Says the position of the last committed entry of the change feed; 0 before the first.
select position
from feed_head
