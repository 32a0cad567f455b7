-- Takes away the staged identifiers of recordings about which as much is asserted as may be, and hands their lines.
--   $1 bigint  how many assertions there may be about one, withdrawn ones too
with said as (
  delete from staged_identifier i
  using staged_metadata s
  where s.external_id = i.external_id and s.known_id is not null
    and (select count(*) from identifier_assertion a where a.recording_id = s.known_id) >= $1
  returning i.line
)
select line from said order by line
