-- What sql/migrations add up to. Written by api/store/dump-schema.ts; do not edit.

create extension pg_trgm;

create table api_key (
  api_key_id uuid not null,
  party_id uuid not null,
  prefix text not null,
  secret_sha256 bytea not null,
  role text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_key_pk PRIMARY KEY (api_key_id),
  constraint api_key_prefix_is_unique UNIQUE (prefix),
  constraint api_key_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint api_key_role_is_known CHECK (role = ANY (ARRAY['operator'::text, 'rightsholder'::text, 'platform'::text])),
  constraint api_key_secret_is_sha256 CHECK (octet_length(secret_sha256) = 32)
);
CREATE INDEX api_key_by_party ON api_key USING btree (party_id);

create table change_feed (
  position bigint not null,
  kind text not null,
  reference_id uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint change_feed_pk PRIMARY KEY ("position"),
  constraint change_feed_kind_is_known CHECK (kind = ANY (ARRAY['register'::text, 'delete'::text]))
);

create table feed_head (
  feed_head_id boolean not null default true,
  position bigint not null,
  registry_id uuid not null default gen_random_uuid(),
  constraint feed_head_pk PRIMARY KEY (feed_head_id),
  constraint feed_head_is_one_row CHECK (feed_head_id),
  constraint feed_head_position_is_not_negative CHECK ("position" >= 0)
) with (fillfactor=10);

create table fingerprint (
  reference_id uuid not null,
  algorithm text not null,
  parameter_version integer not null,
  audio_sha256 bytea not null,
  duration_ms integer not null,
  peak_count integer not null,
  constellation bytea storage external not null,
  descriptors bytea storage external not null,
  created_at timestamp with time zone not null default now(),
  constraint fingerprint_pk PRIMARY KEY (reference_id),
  constraint fingerprint_is_of_the_references_audio FOREIGN KEY (reference_id, audio_sha256) REFERENCES reference(reference_id, audio_sha256) ON DELETE CASCADE,
  constraint fingerprint_constellation_is_not_empty CHECK (octet_length(constellation) > 0),
  constraint fingerprint_duration_is_positive CHECK (duration_ms > 0),
  constraint fingerprint_has_peaks CHECK (peak_count > 0)
);

create table idempotency_key (
  party_id uuid not null,
  key text not null,
  request_digest bytea not null,
  response jsonb,
  created_at timestamp with time zone not null default now(),
  constraint idempotency_key_pk PRIMARY KEY (party_id, key),
  constraint idempotency_key_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint idempotency_key_digest_is_sha256 CHECK (octet_length(request_digest) = 32),
  constraint idempotency_key_is_bounded CHECK (char_length(key) >= 1 AND char_length(key) <= 255)
);
CREATE INDEX idempotency_key_by_age ON idempotency_key USING btree (created_at);

create table identifier_assertion (
  identifier_assertion_id uuid not null,
  recording_id uuid not null,
  asserted_by uuid not null,
  scheme text not null,
  value text not null,
  asserted_at timestamp with time zone not null default now(),
  constraint identifier_assertion_pk PRIMARY KEY (identifier_assertion_id),
  constraint identifier_assertion_is_made_once UNIQUE (recording_id, scheme, value, asserted_by),
  constraint identifier_assertion_by_party FOREIGN KEY (asserted_by) REFERENCES party(party_id),
  constraint identifier_assertion_of_recording FOREIGN KEY (recording_id) REFERENCES recording(recording_id) ON DELETE CASCADE,
  constraint identifier_assertion_isrc_is_well_formed CHECK (scheme <> 'isrc'::text OR value ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'::text),
  constraint identifier_assertion_scheme_is_known CHECK (scheme = 'isrc'::text)
);
CREATE INDEX identifier_assertion_by_value ON identifier_assertion USING btree (value, scheme, recording_id);

create table party (
  party_id uuid not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  constraint party_pk PRIMARY KEY (party_id),
  constraint party_name_is_unique UNIQUE (name),
  constraint party_name_is_bounded CHECK (char_length(name) <= 200),
  constraint party_name_is_not_blank CHECK (btrim(name) <> ''::text)
);

create table recording (
  recording_id uuid not null,
  party_id uuid not null,
  external_id text not null,
  title text,
  artist text,
  label text,
  release_date text,
  version text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint recording_pk PRIMARY KEY (recording_id),
  constraint recording_external_id_is_unique_in_party UNIQUE (party_id, external_id),
  constraint recording_is_found_by_party UNIQUE (party_id, recording_id),
  constraint recording_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint recording_external_id_is_bounded CHECK (char_length(external_id) >= 1 AND char_length(external_id) <= 500),
  constraint recording_release_date_is_year_month_or_day CHECK (release_date ~ '^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$'::text),
  constraint recording_text_is_bounded CHECK (char_length(title) <= 1000 AND char_length(artist) <= 1000 AND char_length(label) <= 1000 AND char_length(version) <= 1000)
);
CREATE INDEX recording_by_external_id ON recording USING btree (external_id, recording_id);
CREATE INDEX recording_by_title ON recording USING gin (title gin_trgm_ops);

create table recording_reference (
  party_id uuid not null,
  recording_id uuid not null,
  reference_id uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint recording_reference_pk PRIMARY KEY (recording_id, reference_id),
  constraint recording_reference_of_own_recording FOREIGN KEY (party_id, recording_id) REFERENCES recording(party_id, recording_id) ON DELETE CASCADE,
  constraint recording_reference_of_own_reference FOREIGN KEY (party_id, reference_id) REFERENCES reference(party_id, reference_id)
);
CREATE INDEX recording_reference_by_reference ON recording_reference USING btree (reference_id);

create table reference (
  reference_id uuid not null,
  party_id uuid not null,
  audio_sha256 bytea not null,
  eligibility text not null,
  status text not null,
  status_reason text,
  created_at timestamp with time zone not null default now(),
  constraint reference_pk PRIMARY KEY (reference_id),
  constraint reference_audio_is_unique_in_party UNIQUE (party_id, audio_sha256),
  constraint reference_is_found_by_audio UNIQUE (reference_id, audio_sha256),
  constraint reference_is_found_by_party UNIQUE (party_id, reference_id),
  constraint reference_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint reference_audio_is_sha256 CHECK (octet_length(audio_sha256) = 32),
  constraint reference_eligibility_is_known CHECK (eligibility = ANY (ARRAY['identify_only'::text, 'claim_eligible'::text])),
  constraint reference_hold_has_a_reason CHECK ((status = ANY (ARRAY['on_hold'::text, 'inactive'::text])) = (status_reason IS NOT NULL)),
  constraint reference_status_is_known CHECK (status = ANY (ARRAY['received'::text, 'fingerprinting'::text, 'clearing'::text, 'active'::text, 'on_hold'::text, 'inactive'::text]))
);

create table scan (
  scan_id uuid not null,
  party_id uuid not null,
  external_id text,
  index_position bigint not null,
  duration_ms integer not null,
  answer jsonb not null,
  created_at timestamp with time zone not null default now(),
  constraint scan_pk PRIMARY KEY (scan_id),
  constraint scan_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint scan_duration_is_not_negative CHECK (duration_ms >= 0),
  constraint scan_external_id_is_bounded CHECK (char_length(external_id) >= 1 AND char_length(external_id) <= 500)
);
CREATE INDEX scan_by_party ON scan USING btree (party_id, scan_id);

create table scan_fingerprint (
  scan_id uuid not null,
  bytes bytea storage external not null,
  created_at timestamp with time zone not null default now(),
  constraint scan_fingerprint_pk PRIMARY KEY (scan_id),
  constraint scan_fingerprint_of_scan FOREIGN KEY (scan_id) REFERENCES scan(scan_id) ON DELETE CASCADE,
  constraint scan_fingerprint_is_not_empty CHECK (octet_length(bytes) > 0)
);
CREATE INDEX scan_fingerprint_by_age ON scan_fingerprint USING btree (created_at);
