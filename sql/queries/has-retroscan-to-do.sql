-- Whether a retroscan waits or was broken off.
select exists (select from retroscan where state in ('waiting', 'running')) as is_there
