-- Hands mandates of either side, revoked and ended ones too, in the order they were made in, from after a cursor.
--   $1 uuid    one of whose sides it must be, or null for anybody's
--   $2 uuid    the last mandate already seen, or null to start
--   $3 bigint  how many at most
select m.mandate_id, m.party_id, party_name(m.party_id) as party_name, m.administrator_id,
  party_name(m.administrator_id) as administrator_name, m.purpose, m.catalog, m.labels, m.recording_ids, m.external_ids,
  m.territories_include, m.territories_exclude, m.valid_from, m.valid_until, m.evidence, m.created_at, m.revoked_at,
  party_name(m.revoked_by) as revoked_by
from mandate m
where ($1::uuid is null or m.party_id = $1 or m.administrator_id = $1)
  and ($2::uuid is null or m.mandate_id > $2)
order by m.mandate_id
limit $3
