-- The rest of the transaction is the service's: what follows from a change is not the caller's to write.
select set_config('role', 'earmark_service', true) as role
