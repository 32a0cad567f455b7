-- Writes down that a party authorises another.
--   $1 uuid          the mandate's id
--   $2 uuid          who authorises
--   $3 uuid          who is authorised
--   $4 text          what for: administer or audit
--   $5 text          all, label or recordings
--   $6 text[]        the labels, where it is for labels
--   $7 uuid[]        the recordings, where it is for recordings
--   $8 text[]        their external ids, also of recordings still to come
--   $9 text[]        territories included
--   $10 text[]       territories excluded
--   $11 timestamptz  from when it is in force
--   $12 timestamptz  until when, or null
--   $13 text         where the evidence is
--   $14 uuid         who wrote it down
insert into mandate (
  mandate_id, party_id, administrator_id, purpose, catalog, labels, recording_ids, external_ids, territories_include,
  territories_exclude, valid_from, valid_until, evidence, created_by
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
