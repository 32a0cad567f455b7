-- Writes down the staged identifiers that their party has not asserted yet, and hands how many.
--   $1 uuid  whose recordings they are of
--   $2 uuid  who says so
--   $3 text  the delivery that said so, or null
with said as (
  insert into identifier_assertion (
    identifier_assertion_id, party_id, recording_id, asserted_by, scheme, value, delivery
  )
  select i.identifier_assertion_id, $1, coalesce(s.known_id, s.recording_id), $2, i.scheme, i.value, $3
  from staged_identifier i
  join staged_metadata s on s.external_id = i.external_id
  order by i.identifier_assertion_id
  on conflict (recording_id, scheme, value, asserted_by, coalesce(withdrawn_at, 'infinity')) do nothing
  returning identifier_assertion_id
)
select count(*) as count from said
