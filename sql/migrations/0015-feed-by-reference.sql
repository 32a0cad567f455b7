-- A retroscan asks where in the feed its reference came: one row for each registration, and the feed has them all.

create index change_feed_by_reference on change_feed (reference_id) where kind = 'register';
