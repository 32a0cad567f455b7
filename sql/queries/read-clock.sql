-- The instant of now, in whole milliseconds: what is stored is what is shown.
select date_trunc('milliseconds', clock_timestamp()) as now
