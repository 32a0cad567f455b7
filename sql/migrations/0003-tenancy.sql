-- Parties with roles, keys with scopes, mandates between parties, and identifier assertions that can be withdrawn.

create table party_role (
  party_id uuid not null,
  role text not null,
  created_at timestamptz not null default now(),
  constraint party_role_pk primary key (party_id, role),
  constraint party_role_of_party foreign key (party_id) references party (party_id),
  constraint party_role_is_known check (
    role in ('rightsholder', 'administrator', 'platform', 'reviewer', 'auditor', 'operator')
  )
);
-- A party has the roles that its keys had.
insert into party_role (party_id, role)
select distinct party_id, role from api_key;

alter table api_key
  -- Null: what the roles of its party give, whatever they are when the key is used.
  add column scopes text[],
  -- To within the minutes after which uses are written down.
  add column last_used_at timestamptz,
  add column rotated_at timestamptz,
  -- After a rotation the secret before it goes on opening the door for a while.
  add column previous_secret_sha256 bytea,
  add column previous_secret_until timestamptz;
-- A key is no wider for its party having another role as well.
update api_key k
set scopes = case k.role
  when 'platform' then array['scan:uploads', 'read:scans', 'read:parties', 'manage:keys']
  else array[
    'register:recordings', 'read:recordings', 'remove:recordings', 'assert:identifiers', 'scan:uploads', 'read:scans',
    'read:parties', 'manage:keys', 'read:mandates', 'manage:mandates'
  ]
end
where k.role <> 'operator' and (select count(*) from party_role r where r.party_id = k.party_id) > 1;
alter table api_key
  drop column role,
  add constraint api_key_scopes_are_known check (
    scopes <@ array[
      'register:recordings', 'read:recordings', 'remove:recordings', 'assert:identifiers', 'scan:uploads', 'read:scans',
      'read:parties', 'manage:parties', 'manage:keys', 'read:mandates', 'manage:mandates', 'operate:registry'
    ]
  ),
  add constraint api_key_has_a_scope check (cardinality(scopes) > 0),
  add constraint api_key_previous_secret_is_sha256 check (octet_length(previous_secret_sha256) = 32),
  add constraint api_key_previous_secret_has_an_end check (
    (previous_secret_sha256 is null) = (previous_secret_until is null)
  );

-- Party A (party_id) authorises party B (administrator_id) for part of its catalog, in territories, for a period.
create table mandate (
  mandate_id uuid not null,
  party_id uuid not null,
  administrator_id uuid not null,
  catalog text not null,
  labels text[] not null default '{}',
  recording_ids uuid[] not null default '{}',
  external_ids text[] not null default '{}',
  -- ISO 3166-1 alpha-2, or Worldwide.
  territories_include text[] not null,
  territories_exclude text[] not null default '{}',
  valid_from timestamptz not null,
  valid_until timestamptz,
  -- Where the contract is to be found: never the contract itself.
  evidence text not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  revoked_by uuid,
  revoked_at timestamptz,
  constraint mandate_pk primary key (mandate_id),
  constraint mandate_by_party foreign key (party_id) references party (party_id),
  constraint mandate_to_party foreign key (administrator_id) references party (party_id),
  constraint mandate_created_by_party foreign key (created_by) references party (party_id),
  constraint mandate_revoked_by_party foreign key (revoked_by) references party (party_id),
  constraint mandate_is_between_two check (party_id <> administrator_id),
  constraint mandate_catalog_is_known check (catalog in ('all', 'label', 'recordings')),
  constraint mandate_catalog_is_named check (
    (catalog = 'label') = (cardinality(labels) > 0)
    and (catalog = 'recordings') = (cardinality(recording_ids) + cardinality(external_ids) > 0)
  ),
  constraint mandate_catalog_is_bounded check (
    cardinality(labels) <= 100 and cardinality(recording_ids) + cardinality(external_ids) <= 1000
  ),
  constraint mandate_territories_are_named check (
    cardinality(territories_include) between 1 and 300 and cardinality(territories_exclude) <= 300
  ),
  constraint mandate_dates_in_order check (valid_until > valid_from),
  constraint mandate_evidence_is_bounded check (char_length(evidence) between 1 and 1000),
  constraint mandate_revocation_says_by_whom check ((revoked_at is null) = (revoked_by is null))
);
create index mandate_by_party on mandate (party_id, mandate_id);
create index mandate_by_administrator on mandate (administrator_id, party_id);

-- Whose a row is stands in the row itself, where a policy finds it without looking into another table: 7 ms instead of
-- 1 ms to show a recording is what that costs. The party is part of the foreign key, so that it cannot be another's.
alter table identifier_assertion add column party_id uuid;
update identifier_assertion a set party_id = r.party_id from recording r where r.recording_id = a.recording_id;
alter table identifier_assertion
  alter column party_id set not null,
  drop constraint identifier_assertion_of_recording,
  add constraint identifier_assertion_of_recording foreign key (party_id, recording_id)
    references recording (party_id, recording_id) on delete cascade;

alter table fingerprint add column party_id uuid;
update fingerprint f set party_id = r.party_id from reference r where r.reference_id = f.reference_id;
alter table fingerprint
  alter column party_id set not null,
  add constraint fingerprint_of_reference foreign key (party_id, reference_id)
    references reference (party_id, reference_id) on delete cascade;

alter table scan add constraint scan_is_found_by_party unique (party_id, scan_id);
drop index scan_by_party;
alter table scan_fingerprint add column party_id uuid;
update scan_fingerprint f set party_id = s.party_id from scan s where s.scan_id = f.scan_id;
alter table scan_fingerprint
  alter column party_id set not null,
  drop constraint scan_fingerprint_of_scan,
  add constraint scan_fingerprint_of_scan foreign key (party_id, scan_id)
    references scan (party_id, scan_id) on delete cascade;

alter table identifier_assertion
  -- By whom it was said for another, under a mandate: asserted_by spoke in this party's name.
  add column on_behalf_of uuid,
  -- Which message or file said so, as whoever asserts it names it.
  add column delivery text,
  add column withdrawn_by uuid,
  add column withdrawn_at timestamptz,
  add constraint identifier_assertion_on_behalf_of_party foreign key (on_behalf_of) references party (party_id),
  add constraint identifier_assertion_withdrawn_by_party foreign key (withdrawn_by) references party (party_id),
  add constraint identifier_assertion_withdrawal_says_by_whom check ((withdrawn_at is null) = (withdrawn_by is null)),
  add constraint identifier_assertion_value_is_bounded check (char_length(value) between 1 and 64),
  add constraint identifier_assertion_delivery_is_bounded check (char_length(delivery) between 1 and 200),
  drop constraint identifier_assertion_scheme_is_known,
  add constraint identifier_assertion_scheme_is_known check (
    scheme in ('isrc', 'upc_ean', 'iswc', 'isni', 'ipi', 'dpid', 'grid')
  ),
  drop constraint identifier_assertion_is_made_once;
-- What was withdrawn may be said again: that is another assertion, and both are kept.
create unique index identifier_assertion_is_made_once
  on identifier_assertion (recording_id, scheme, value, asserted_by) where withdrawn_at is null;
