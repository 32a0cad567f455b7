-- Takes away what is staged of recordings that there are none of, and hands its lines.
with unknown as (
  delete from staged_metadata where known_id is null returning line, external_id
), said as (
  delete from staged_identifier i using unknown u where i.external_id = u.external_id returning i.line
)
select line from unknown
union
select line from said
order by line
