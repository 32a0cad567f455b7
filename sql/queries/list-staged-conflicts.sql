-- Hands where what is staged is at odds with what is asserted: recordings with several ISRCs, and ISRCs that recordings
-- of other parties have too.
--   $1 uuid  whose recordings they are
with said as (
  select i.line, i.external_id, i.value, coalesce(s.known_id, s.recording_id) as recording_id
  from staged_identifier i
  join staged_metadata s on s.external_id = i.external_id
  where i.scheme = 'isrc'
), elsewhere as materialized (
  select asked_value, other_parties
  from parties_asserting_each($1, 'isrc', array(select distinct value from said))
), beside as (
  select said.line, said.external_id, said.recording_id, said.value, array(
      select distinct a.value from identifier_assertion a
      where a.recording_id = said.recording_id and a.scheme = 'isrc' and a.withdrawn_at is null
      order by a.value
    ) as all_values,
    coalesce(elsewhere.other_parties, 0) as other_parties
  from said
  left outer join elsewhere on elsewhere.asked_value = said.value
)
select line, external_id, recording_id, value, all_values, other_parties
from beside
where other_parties > 0 or cardinality(all_values) > 1
order by line, value
