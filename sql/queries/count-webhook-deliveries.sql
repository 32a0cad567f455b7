-- Counts deliveries that are still to be made, and those that failed for good.
select
  (select count(*) from webhook_delivery where state = 'pending') as pending,
  (select count(*) from webhook_delivery where state = 'dead') as dead
