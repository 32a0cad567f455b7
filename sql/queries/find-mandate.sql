-- Hands one mandate.
--   $1 uuid  the mandate
select m.mandate_id, m.party_id, party_name(m.party_id) as party_name, m.administrator_id,
  party_name(m.administrator_id) as administrator_name, m.purpose, m.catalog, m.labels, m.recording_ids, m.external_ids,
  m.territories_include, m.territories_exclude, m.valid_from, m.valid_until, m.evidence, m.created_at, m.revoked_at,
  party_name(m.revoked_by) as revoked_by
from mandate m
where m.mandate_id = $1
