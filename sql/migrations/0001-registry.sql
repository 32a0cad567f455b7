-- The registry: parties, their keys, recordings, references, fingerprints, and the change feed that every
-- index follows. Forward only: what this file created is changed by a later file, never by editing it.

-- Title search needs trigrams to be fast, not to be right: a database that does not allow the extension works
-- without the index.
do $$
begin
  create extension if not exists pg_trgm;
exception
  when insufficient_privilege or undefined_file or feature_not_supported then
    raise notice 'pg_trgm is not available: title search will read every title';
end
$$;

create table party (
  party_id uuid not null,
  name text not null,
  created_at timestamptz not null default now(),
  constraint party_pk primary key (party_id),
  constraint party_name_is_unique unique (name),
  constraint party_name_is_not_blank check (btrim(name) <> ''),
  constraint party_name_is_bounded check (char_length(name) <= 200)
);

create table api_key (
  api_key_id uuid not null,
  party_id uuid not null,
  prefix text not null,
  secret_sha256 bytea not null,
  role text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  constraint api_key_pk primary key (api_key_id),
  constraint api_key_prefix_is_unique unique (prefix),
  constraint api_key_of_party foreign key (party_id) references party (party_id),
  constraint api_key_role_is_known check (role in ('operator', 'rightsholder', 'platform')),
  constraint api_key_secret_is_sha256 check (octet_length(secret_sha256) = 32)
);
create index api_key_by_party on api_key (party_id);

create table recording (
  recording_id uuid not null,
  party_id uuid not null,
  external_id text not null,
  title text,
  artist text,
  label text,
  -- As the rights-holder knows it: a year, a month or a day. A date column would invent the rest.
  release_date text,
  version text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint recording_pk primary key (recording_id),
  constraint recording_of_party foreign key (party_id) references party (party_id),
  constraint recording_external_id_is_unique_in_party unique (party_id, external_id),
  -- Also the index that a party's listing walks.
  constraint recording_is_found_by_party unique (party_id, recording_id),
  constraint recording_external_id_is_bounded check (char_length(external_id) between 1 and 500),
  constraint recording_text_is_bounded check (
    char_length(title) <= 1000 and char_length(artist) <= 1000 and char_length(label) <= 1000
    and char_length(version) <= 1000
  ),
  constraint recording_release_date_is_year_month_or_day check (
    release_date ~ '^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$'
  )
);
create index recording_by_external_id on recording (external_id, recording_id);
do $$
begin
  if exists (select from pg_extension where extname = 'pg_trgm') then
    create index recording_by_title on recording using gin (title gin_trgm_ops);
  end if;
end
$$;

-- "This recording has ISRC X", said by a party at a time: several may be said, and none is proof of ownership.
create table identifier_assertion (
  identifier_assertion_id uuid not null,
  recording_id uuid not null,
  asserted_by uuid not null,
  scheme text not null,
  value text not null,
  asserted_at timestamptz not null default now(),
  constraint identifier_assertion_pk primary key (identifier_assertion_id),
  constraint identifier_assertion_of_recording foreign key (recording_id)
    references recording (recording_id) on delete cascade,
  constraint identifier_assertion_by_party foreign key (asserted_by) references party (party_id),
  constraint identifier_assertion_is_made_once unique (recording_id, scheme, value, asserted_by),
  constraint identifier_assertion_scheme_is_known check (scheme in ('isrc')),
  constraint identifier_assertion_isrc_is_well_formed check (
    scheme <> 'isrc' or value ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'
  )
);
create index identifier_assertion_by_value on identifier_assertion (value, scheme, recording_id);

create table reference (
  reference_id uuid not null,
  party_id uuid not null,
  audio_sha256 bytea not null,
  eligibility text not null,
  status text not null,
  status_reason text,
  created_at timestamptz not null default now(),
  constraint reference_pk primary key (reference_id),
  constraint reference_of_party foreign key (party_id) references party (party_id),
  -- The same audio twice from one party is one reference.
  constraint reference_audio_is_unique_in_party unique (party_id, audio_sha256),
  constraint reference_is_found_by_party unique (party_id, reference_id),
  constraint reference_is_found_by_audio unique (reference_id, audio_sha256),
  constraint reference_audio_is_sha256 check (octet_length(audio_sha256) = 32),
  constraint reference_eligibility_is_known check (eligibility in ('identify_only', 'claim_eligible')),
  constraint reference_status_is_known check (
    status in ('received', 'fingerprinting', 'clearing', 'active', 'on_hold', 'inactive')
  ),
  constraint reference_hold_has_a_reason check ((status in ('on_hold', 'inactive')) = (status_reason is not null))
);

-- Which recordings a reference stands for. The party is part of both keys, so that nobody's recording can be
-- matched by somebody else's reference.
create table recording_reference (
  party_id uuid not null,
  recording_id uuid not null,
  reference_id uuid not null,
  created_at timestamptz not null default now(),
  constraint recording_reference_pk primary key (recording_id, reference_id),
  constraint recording_reference_of_own_recording foreign key (party_id, recording_id)
    references recording (party_id, recording_id) on delete cascade,
  constraint recording_reference_of_own_reference foreign key (party_id, reference_id)
    references reference (party_id, reference_id)
);
create index recording_reference_by_reference on recording_reference (reference_id);

create table fingerprint (
  reference_id uuid not null,
  algorithm text not null,
  parameter_version integer not null,
  audio_sha256 bytea not null,
  duration_ms integer not null,
  peak_count integer not null,
  constellation bytea not null,
  descriptors bytea not null,
  created_at timestamptz not null default now(),
  constraint fingerprint_pk primary key (reference_id),
  constraint fingerprint_is_of_the_references_audio foreign key (reference_id, audio_sha256)
    references reference (reference_id, audio_sha256) on delete cascade,
  constraint fingerprint_duration_is_positive check (duration_ms > 0),
  constraint fingerprint_has_peaks check (peak_count > 0),
  constraint fingerprint_constellation_is_not_empty check (octet_length(constellation) > 0)
);
-- Peaks do not compress: the default would spend CPU on trying, 19 k instead of 35 k rows a second.
alter table fingerprint alter column constellation set storage external;
alter table fingerprint alter column descriptors set storage external;

-- One row. It names the registry, so that index files made from one are never taken for another's. Its lock, held from the last statement to the commit, is what makes change_feed.position gapless and
-- in commit order: a sequence would hand out numbers that commit out of order or never.
create table feed_head (
  feed_head_id boolean not null default true,
  position bigint not null,
  registry_id uuid not null default gen_random_uuid(),
  constraint feed_head_pk primary key (feed_head_id),
  constraint feed_head_is_one_row check (feed_head_id),
  constraint feed_head_position_is_not_negative check (position >= 0)
) with (fillfactor = 10);
insert into feed_head (position) values (0);

-- What an index has to do, in order. No foreign key: an entry outlives its reference.
create table change_feed (
  position bigint not null,
  kind text not null,
  reference_id uuid not null,
  created_at timestamptz not null default now(),
  constraint change_feed_pk primary key (position),
  constraint change_feed_kind_is_known check (kind in ('register', 'delete'))
);

create table scan (
  scan_id uuid not null,
  party_id uuid not null,
  external_id text,
  index_position bigint not null,
  duration_ms integer not null,
  answer jsonb not null,
  created_at timestamptz not null default now(),
  constraint scan_pk primary key (scan_id),
  constraint scan_of_party foreign key (party_id) references party (party_id),
  constraint scan_external_id_is_bounded check (char_length(external_id) between 1 and 500),
  constraint scan_duration_is_not_negative check (duration_ms >= 0)
);
create index scan_by_party on scan (party_id, scan_id);

-- What a request with this key was answered, so that its repetition gets the same answer. Kept for 24 hours.
create table idempotency_key (
  party_id uuid not null,
  key text not null,
  request_digest bytea not null,
  -- Null only inside the transaction that is making the answer.
  response jsonb,
  created_at timestamptz not null default now(),
  constraint idempotency_key_pk primary key (party_id, key),
  constraint idempotency_key_of_party foreign key (party_id) references party (party_id),
  constraint idempotency_key_is_bounded check (char_length(key) between 1 and 255),
  constraint idempotency_key_digest_is_sha256 check (octet_length(request_digest) = 32)
);
create index idempotency_key_by_age on idempotency_key (created_at);
