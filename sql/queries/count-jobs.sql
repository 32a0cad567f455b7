-- Counts jobs that wait, run or are to be tried again, by queue and state.
select name as queue, state::text as state, count(*) as count
from earmark_job.job
where state < 'completed'
group by name, state
