-- Says which registry this is: the id was drawn when its database was made.
select registry_id
from feed_head
