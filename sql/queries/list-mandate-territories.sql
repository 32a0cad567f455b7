-- Hands the territories of the mandates in force that cover a recording: of the party that the caller acts for.
--   $1 uuid  the recording
select m.territories_include, m.territories_exclude
from mandate m
join recording r on r.recording_id = $1 and r.party_id = m.party_id
where case m.catalog
  when 'all' then true
  when 'label' then r.label = any (m.labels)
  else r.recording_id = any (m.recording_ids) or r.external_id = any (m.external_ids)
end
