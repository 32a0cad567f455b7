-- What sql/migrations add up to. Written by api/store/dump-schema.ts; do not edit.

create extension pg_trgm;

create table allowlist_entry (
  allowlist_entry_id uuid not null,
  party_id uuid not null,
  platform text not null,
  account text not null,
  label text,
  note text,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint allowlist_entry_pk PRIMARY KEY (allowlist_entry_id),
  constraint allowlist_entry_by_party FOREIGN KEY (created_by) REFERENCES party(party_id),
  constraint allowlist_entry_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint allowlist_entry_text_is_bounded CHECK (char_length(platform) >= 1 AND char_length(platform) <= 100 AND char_length(account) >= 1 AND char_length(account) <= 200 AND char_length(label) >= 1 AND char_length(label) <= 500 AND char_length(note) >= 1 AND char_length(note) <= 500)
);
CREATE INDEX allowlist_entry_by_account ON allowlist_entry USING btree (platform, account);
CREATE UNIQUE INDEX allowlist_entry_is_made_once ON allowlist_entry USING btree (party_id, platform, account, COALESCE(label, ''::text));
alter table allowlist_entry enable row level security, force row level security;
create policy operator_reaches_all on allowlist_entry as permissive for all to earmark_operator
  using (true);
create policy service_knows_allowlists on allowlist_entry as permissive for select to earmark_service
  using (true);
create policy allowlist_is_ended_by_scope on allowlist_entry as restrictive for delete to earmark_tenant
  using (caller_has('manage:allowlist'::text));
create policy allowlist_is_made_by_scope on allowlist_entry as restrictive for insert to earmark_tenant
  with check (((created_by = caller_party()) AND caller_has('manage:allowlist'::text)));
create policy own_allowlist on allowlist_entry as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
grant delete, insert, select on allowlist_entry to earmark_operator;
grant select on allowlist_entry to earmark_service;
grant delete, insert, select on allowlist_entry to earmark_tenant;

create table api_key (
  api_key_id uuid not null,
  party_id uuid not null,
  prefix text not null,
  secret_sha256 bytea not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  scopes text[],
  last_used_at timestamp with time zone,
  rotated_at timestamp with time zone,
  previous_secret_sha256 bytea,
  previous_secret_until timestamp with time zone,
  constraint api_key_pk PRIMARY KEY (api_key_id),
  constraint api_key_prefix_is_unique UNIQUE (prefix),
  constraint api_key_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint api_key_has_a_scope CHECK (cardinality(scopes) > 0),
  constraint api_key_previous_secret_has_an_end CHECK ((previous_secret_sha256 IS NULL) = (previous_secret_until IS NULL)),
  constraint api_key_previous_secret_is_sha256 CHECK (octet_length(previous_secret_sha256) = 32),
  constraint api_key_scopes_are_known CHECK (scopes <@ ARRAY['register:recordings'::text, 'read:recordings'::text, 'remove:recordings'::text, 'assert:identifiers'::text, 'assert:rights'::text, 'read:rights'::text, 'decide:conflicts'::text, 'read:policies'::text, 'manage:policies'::text, 'read:outcomes'::text, 'scan:uploads'::text, 'read:scans'::text, 'submit:uploads'::text, 'read:submissions'::text, 'read:claims'::text, 'manage:claims'::text, 'review:claims'::text, 'dispute:claims'::text, 'manage:allowlist'::text, 'read:webhooks'::text, 'manage:webhooks'::text, 'read:parties'::text, 'manage:parties'::text, 'manage:keys'::text, 'read:mandates'::text, 'manage:mandates'::text, 'operate:registry'::text]),
  constraint api_key_secret_is_sha256 CHECK (octet_length(secret_sha256) = 32)
);
CREATE INDEX api_key_by_party ON api_key USING btree (party_id);
alter table api_key enable row level security, force row level security;
create policy operator_reaches_all on api_key as permissive for all to earmark_operator
  using (true);
create policy service_lets_callers_in on api_key as permissive for select to earmark_service
  using (true);
create policy service_notes_uses on api_key as permissive for update to earmark_service
  using (true);
create policy api_key_is_changed_by_scope on api_key as restrictive for update to earmark_tenant
  using (caller_has('manage:keys'::text));
create policy api_key_is_made_by_scope on api_key as restrictive for insert to earmark_tenant
  with check (caller_has('manage:keys'::text));
create policy own_keys on api_key as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
grant insert, select on api_key to earmark_operator;
grant select on api_key to earmark_service;
grant insert, select on api_key to earmark_tenant;
grant update (previous_secret_sha256, previous_secret_until, revoked_at, rotated_at, secret_sha256) on api_key to earmark_operator;
grant update (last_used_at) on api_key to earmark_service;
grant update (previous_secret_sha256, previous_secret_until, revoked_at, rotated_at, secret_sha256) on api_key to earmark_tenant;

create table change_feed (
  position bigint not null,
  kind text not null,
  reference_id uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint change_feed_pk PRIMARY KEY ("position"),
  constraint change_feed_kind_is_known CHECK (kind = ANY (ARRAY['register'::text, 'delete'::text, 'exclude'::text]))
);
CREATE INDEX change_feed_by_reference ON change_feed USING btree (reference_id) WHERE kind = 'register'::text;
grant insert, select on change_feed to earmark_service;

create table claim (
  claim_id uuid not null,
  party_id uuid not null,
  reporter_id uuid not null,
  submission_id uuid not null,
  recording_id uuid not null,
  reference_id uuid not null,
  reference_party_id uuid not null,
  raised_as text not null,
  action text not null,
  review text[] not null,
  territories jsonb not null,
  parts jsonb not null,
  recording jsonb not null,
  upload jsonb not null,
  segments jsonb not null,
  facts jsonb not null,
  stake bigint not null,
  state text not null,
  entered_at timestamp with time zone not null,
  deadline_at timestamp with time zone,
  version integer not null,
  leased_by uuid,
  leased_until timestamp with time zone,
  constraint claim_pk PRIMARY KEY (claim_id),
  constraint claim_is_found_by_party UNIQUE (party_id, claim_id),
  constraint claim_is_raised_once UNIQUE (submission_id, recording_id, party_id, raised_as),
  constraint claim_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint claim_of_submission FOREIGN KEY (reporter_id, submission_id) REFERENCES submission(party_id, submission_id),
  constraint claim_action_is_known CHECK (action = ANY (ARRAY['track'::text, 'monetize'::text, 'block'::text, 'takedown'::text])),
  constraint claim_deadline_is_where_one_is_waited_for CHECK ((deadline_at IS NOT NULL) = (state = ANY (ARRAY['potential'::text, 'disputed'::text, 'appealed'::text]))),
  constraint claim_is_raised_active_or_potential CHECK (raised_as = ANY (ARRAY['active'::text, 'potential'::text])),
  constraint claim_lease_has_an_end CHECK ((leased_by IS NULL) = (leased_until IS NULL)),
  constraint claim_state_is_known CHECK (state = ANY (ARRAY['potential'::text, 'active'::text, 'disputed'::text, 'appealed'::text, 'released'::text, 'taken_down'::text, 'expired'::text])),
  constraint claim_version_counts_from_one CHECK (version > 0)
);
CREATE INDEX claim_by_deadline ON claim USING btree (deadline_at) WHERE deadline_at IS NOT NULL;
CREATE INDEX claim_by_party ON claim USING btree (party_id, claim_id);
CREATE INDEX claim_by_reporter ON claim USING btree (reporter_id, claim_id);
CREATE INDEX claim_by_stake ON claim USING btree (stake DESC, claim_id) WHERE state = 'potential'::text;
CREATE INDEX claim_by_submission ON claim USING btree (submission_id);
alter table claim enable row level security, force row level security;
create policy claims_within_mandate on claim as permissive for all to earmark_administrator
  using (((party_id = effective_party()) AND (EXISTS ( SELECT
   FROM recording r
  WHERE (r.recording_id = claim.recording_id)))));
create policy claim_is_changed_by_scope on claim as restrictive for update to earmark_administrator, earmark_tenant
  using ((((party_id = COALESCE(effective_party(), caller_party())) AND (caller_has('manage:claims'::text) OR caller_has('review:claims'::text))) OR ((reporter_id = caller_party()) AND caller_has('dispute:claims'::text))));
create policy operator_reaches_all on claim as permissive for all to earmark_operator
  using (true);
create policy service_ends_what_is_over on claim as permissive for all to earmark_service
  using (true);
create policy claim_is_raised_by_its_reporter on claim as restrictive for insert to earmark_tenant
  with check (((reporter_id = caller_party()) AND caller_has('submit:uploads'::text)));
create policy claims_of_either_side on claim as permissive for all to earmark_tenant
  using (((party_id = caller_party()) OR (reporter_id = caller_party())));
grant select on claim to earmark_administrator;
grant insert, select on claim to earmark_operator;
grant insert, select on claim to earmark_service;
grant insert, select on claim to earmark_tenant;
grant update (deadline_at, entered_at, leased_by, leased_until, state, version) on claim to earmark_administrator;
grant update (deadline_at, entered_at, leased_by, leased_until, state, version) on claim to earmark_operator;
grant update (deadline_at, entered_at, leased_by, leased_until, state, version) on claim to earmark_service;
grant update (deadline_at, entered_at, leased_by, leased_until, state, version) on claim to earmark_tenant;

create table claim_event (
  claim_id uuid not null,
  entry_number integer not null,
  party_id uuid not null,
  reporter_id uuid not null,
  type text not null,
  from_state text,
  to_state text not null,
  actor_role text not null,
  actor_party_id uuid,
  on_behalf_of uuid,
  reason text not null,
  detail jsonb not null,
  at timestamp with time zone not null,
  deadline_at timestamp with time zone,
  constraint claim_event_pk PRIMARY KEY (claim_id, entry_number),
  constraint claim_event_of_claim FOREIGN KEY (party_id, claim_id) REFERENCES claim(party_id, claim_id),
  constraint claim_event_counts_from_one CHECK (entry_number > 0),
  constraint claim_event_has_a_reason CHECK (char_length(reason) >= 1 AND char_length(reason) <= 1000),
  constraint claim_event_opens_where_it_is_first CHECK ((entry_number = 1) = (from_state IS NULL)),
  constraint claim_event_says_who CHECK ((actor_role = 'system'::text) = (actor_party_id IS NULL))
);
CREATE INDEX claim_event_by_raising ON claim_event USING btree (at, claim_id) WHERE entry_number = 1;
alter table claim_event enable row level security, force row level security;
create policy claim_events_within_mandate on claim_event as permissive for all to earmark_administrator
  using (((party_id = effective_party()) AND (EXISTS ( SELECT
   FROM claim c
  WHERE (c.claim_id = claim_event.claim_id)))));
create policy claim_event_is_made_in_own_name on claim_event as restrictive for insert to earmark_administrator, earmark_tenant
  with check (
CASE
    WHEN (actor_role = 'system'::text) THEN ((entry_number = 1) AND (reporter_id = caller_party()) AND caller_has('submit:uploads'::text))
    WHEN ((actor_party_id IS DISTINCT FROM caller_party()) OR (on_behalf_of IS DISTINCT FROM effective_party())) THEN false
    WHEN (actor_role = ANY (ARRAY['platform'::text, 'uploader'::text])) THEN ((reporter_id = caller_party()) AND caller_has('dispute:claims'::text))
    ELSE ((party_id = COALESCE(effective_party(), caller_party())) AND (caller_has('manage:claims'::text) OR caller_has('review:claims'::text)))
END);
create policy operator_reaches_all on claim_event as permissive for all to earmark_operator
  using (true);
create policy service_ends_what_is_over on claim_event as permissive for all to earmark_service
  using (true);
create policy claim_events_of_either_side on claim_event as permissive for all to earmark_tenant
  using (((party_id = caller_party()) OR (reporter_id = caller_party())));
grant insert, select on claim_event to earmark_administrator;
grant insert, select on claim_event to earmark_operator;
grant insert, select on claim_event to earmark_service;
grant insert, select on claim_event to earmark_tenant;

create table dispute (
  dispute_id uuid not null,
  claim_id uuid not null,
  party_id uuid not null,
  reporter_id uuid not null,
  dispute_reason text not null,
  state text not null,
  entered_at timestamp with time zone not null,
  deadline_at timestamp with time zone,
  version integer not null,
  constraint dispute_pk PRIMARY KEY (dispute_id),
  constraint dispute_is_found_by_party UNIQUE (party_id, dispute_id),
  constraint dispute_of_claim FOREIGN KEY (party_id, claim_id) REFERENCES claim(party_id, claim_id),
  constraint dispute_deadline_is_where_one_is_waited_for CHECK ((deadline_at IS NOT NULL) = (state = ANY (ARRAY['open'::text, 'appealed'::text]))),
  constraint dispute_reason_is_known CHECK (dispute_reason = ANY (ARRAY['misidentified'::text, 'fair_use_or_exception'::text, 'authorised'::text, 'original_content'::text, 'public_domain'::text, 'not_the_owner'::text])),
  constraint dispute_state_is_known CHECK (state = ANY (ARRAY['open'::text, 'rejected'::text, 'appealed'::text, 'upheld'::text, 'overruled'::text, 'lapsed'::text, 'withdrawn'::text])),
  constraint dispute_version_counts_from_one CHECK (version > 0)
);
CREATE INDEX dispute_by_claim ON dispute USING btree (claim_id, dispute_id);
CREATE INDEX dispute_by_party ON dispute USING btree (party_id, dispute_id);
CREATE INDEX dispute_by_reporter ON dispute USING btree (reporter_id, dispute_id);
CREATE UNIQUE INDEX dispute_is_the_only_one_of_its_claim ON dispute USING btree (claim_id) WHERE state = ANY (ARRAY['open'::text, 'rejected'::text, 'appealed'::text]);
alter table dispute enable row level security, force row level security;
create policy disputes_within_mandate on dispute as permissive for all to earmark_administrator
  using (((party_id = effective_party()) AND (EXISTS ( SELECT
   FROM claim c
  WHERE (c.claim_id = dispute.claim_id)))));
create policy dispute_is_changed_by_scope on dispute as restrictive for update to earmark_administrator, earmark_tenant
  using ((((party_id = COALESCE(effective_party(), caller_party())) AND (caller_has('manage:claims'::text) OR caller_has('review:claims'::text))) OR ((reporter_id = caller_party()) AND caller_has('dispute:claims'::text))));
create policy operator_reaches_all on dispute as permissive for all to earmark_operator
  using (true);
create policy service_ends_what_is_over on dispute as permissive for all to earmark_service
  using (true);
create policy dispute_is_opened_by_the_reporter on dispute as restrictive for insert to earmark_tenant
  with check (((reporter_id = caller_party()) AND caller_has('dispute:claims'::text)));
create policy disputes_of_either_side on dispute as permissive for all to earmark_tenant
  using (((party_id = caller_party()) OR (reporter_id = caller_party())));
grant select on dispute to earmark_administrator;
grant insert, select on dispute to earmark_operator;
grant select on dispute to earmark_service;
grant insert, select on dispute to earmark_tenant;
grant update (deadline_at, entered_at, state, version) on dispute to earmark_administrator;
grant update (deadline_at, entered_at, state, version) on dispute to earmark_operator;
grant update (deadline_at, entered_at, state, version) on dispute to earmark_service;
grant update (deadline_at, entered_at, state, version) on dispute to earmark_tenant;

create table dispute_event (
  dispute_id uuid not null,
  entry_number integer not null,
  party_id uuid not null,
  reporter_id uuid not null,
  type text not null,
  from_state text,
  to_state text not null,
  actor_role text not null,
  actor_party_id uuid,
  on_behalf_of uuid,
  reason text not null,
  detail jsonb not null,
  at timestamp with time zone not null,
  deadline_at timestamp with time zone,
  constraint dispute_event_pk PRIMARY KEY (dispute_id, entry_number),
  constraint dispute_event_of_dispute FOREIGN KEY (party_id, dispute_id) REFERENCES dispute(party_id, dispute_id),
  constraint dispute_event_counts_from_one CHECK (entry_number > 0),
  constraint dispute_event_has_a_reason CHECK (char_length(reason) >= 1 AND char_length(reason) <= 1000),
  constraint dispute_event_opens_where_it_is_first CHECK ((entry_number = 1) = (from_state IS NULL)),
  constraint dispute_event_says_who CHECK ((actor_role = 'system'::text) = (actor_party_id IS NULL))
);
CREATE INDEX dispute_event_by_opening ON dispute_event USING btree (at, dispute_id) WHERE entry_number = 1;
alter table dispute_event enable row level security, force row level security;
create policy dispute_events_within_mandate on dispute_event as permissive for all to earmark_administrator
  using (((party_id = effective_party()) AND (EXISTS ( SELECT
   FROM dispute d
  WHERE (d.dispute_id = dispute_event.dispute_id)))));
create policy dispute_event_is_made_in_own_name on dispute_event as restrictive for insert to earmark_administrator, earmark_tenant
  with check (
CASE
    WHEN ((actor_party_id IS DISTINCT FROM caller_party()) OR (on_behalf_of IS DISTINCT FROM effective_party())) THEN false
    WHEN (actor_role = ANY (ARRAY['platform'::text, 'uploader'::text])) THEN ((reporter_id = caller_party()) AND caller_has('dispute:claims'::text))
    ELSE ((party_id = COALESCE(effective_party(), caller_party())) AND (caller_has('manage:claims'::text) OR caller_has('review:claims'::text)))
END);
create policy operator_reaches_all on dispute_event as permissive for all to earmark_operator
  using (true);
create policy service_ends_what_is_over on dispute_event as permissive for all to earmark_service
  using (true);
create policy dispute_events_of_either_side on dispute_event as permissive for all to earmark_tenant
  using (((party_id = caller_party()) OR (reporter_id = caller_party())));
grant insert, select on dispute_event to earmark_administrator;
grant insert, select on dispute_event to earmark_operator;
grant insert, select on dispute_event to earmark_service;
grant insert, select on dispute_event to earmark_tenant;

create table event (
  event_id uuid not null,
  party_id uuid not null,
  type text not null,
  payload jsonb not null,
  created_at timestamp with time zone not null,
  constraint event_pk PRIMARY KEY (event_id),
  constraint event_is_found_by_party UNIQUE (party_id, event_id),
  constraint event_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint event_payload_is_bounded CHECK (octet_length(payload::text) <= 65536),
  constraint event_payload_is_object CHECK (jsonb_typeof(payload) = 'object'::text),
  constraint event_type_is_dotted CHECK (type ~ '^[a-z][a-z_]*([.][a-z][a-z_]*)+$'::text AND char_length(type) <= 100)
);
CREATE INDEX event_by_age ON event USING btree (created_at);
alter table event enable row level security, force row level security;
create policy operator_reaches_all on event as permissive for all to earmark_operator
  using (true);
create policy service_keeps_events on event as permissive for all to earmark_service
  using (true);
create policy own_events on event as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
grant select on event to earmark_operator;
grant delete, insert, select on event to earmark_service;
grant select on event to earmark_tenant;

create table excluded_interval (
  excluded_interval_id uuid not null,
  party_id uuid not null,
  reference_id uuid not null,
  start_ms integer not null,
  end_ms integer not null,
  claim_id uuid not null,
  reason text not null,
  excluded_by uuid not null,
  created_at timestamp with time zone not null default now(),
  lifted_by uuid,
  lifted_at timestamp with time zone,
  lift_reason text,
  constraint excluded_interval_pk PRIMARY KEY (excluded_interval_id),
  constraint excluded_interval_by_party FOREIGN KEY (excluded_by) REFERENCES party(party_id),
  constraint excluded_interval_lifted_by_party FOREIGN KEY (lifted_by) REFERENCES party(party_id),
  constraint excluded_interval_of_reference FOREIGN KEY (party_id, reference_id) REFERENCES reference(party_id, reference_id) ON DELETE CASCADE,
  constraint excluded_interval_begins_before_it_ends CHECK (start_ms >= 0 AND start_ms < end_ms),
  constraint excluded_interval_has_a_reason CHECK (char_length(reason) >= 1 AND char_length(reason) <= 1000),
  constraint excluded_interval_is_lifted_with_a_reason CHECK ((lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lift_reason IS NULL) AND char_length(lift_reason) >= 1 AND char_length(lift_reason) <= 1000)
);
CREATE INDEX excluded_interval_by_reference ON excluded_interval USING btree (reference_id);
alter table excluded_interval enable row level security, force row level security;
create policy excluded_intervals_of_party_acted_for on excluded_interval as permissive for all to earmark_administrator
  using (((party_id = effective_party()) AND ( SELECT may_act() AS may_act)));
create policy interval_is_excluded_by_scope on excluded_interval as restrictive for insert to earmark_administrator, earmark_tenant
  with check (((excluded_by = caller_party()) AND (caller_has('manage:claims'::text) OR caller_has('review:claims'::text))));
create policy interval_is_lifted_by_scope on excluded_interval as restrictive for update to earmark_administrator, earmark_tenant
  using ((caller_has('manage:claims'::text) OR caller_has('review:claims'::text)))
  with check ((lifted_by = caller_party()));
create policy operator_reaches_all on excluded_interval as permissive for all to earmark_operator
  using (true);
create policy service_keeps_excluded_spans_out on excluded_interval as permissive for select to earmark_service
  using (true);
create policy own_excluded_intervals on excluded_interval as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
grant insert, select on excluded_interval to earmark_administrator;
grant insert, select on excluded_interval to earmark_operator;
grant select on excluded_interval to earmark_service;
grant insert, select on excluded_interval to earmark_tenant;
grant update (lift_reason, lifted_at, lifted_by) on excluded_interval to earmark_administrator;
grant update (lift_reason, lifted_at, lifted_by) on excluded_interval to earmark_operator;
grant update (lift_reason, lifted_at, lifted_by) on excluded_interval to earmark_tenant;

create table feed_head (
  feed_head_id boolean not null default true,
  position bigint not null,
  registry_id uuid not null default gen_random_uuid(),
  constraint feed_head_pk PRIMARY KEY (feed_head_id),
  constraint feed_head_is_one_row CHECK (feed_head_id),
  constraint feed_head_position_is_not_negative CHECK ("position" >= 0)
) with (fillfactor=10);
grant select on feed_head to earmark_administrator;
grant select on feed_head to earmark_operator;
grant select on feed_head to earmark_service;
grant select on feed_head to earmark_tenant;
grant update (position) on feed_head to earmark_service;

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
  party_id uuid not null,
  constraint fingerprint_pk PRIMARY KEY (reference_id),
  constraint fingerprint_is_of_the_references_audio FOREIGN KEY (reference_id, audio_sha256) REFERENCES reference(reference_id, audio_sha256) ON DELETE CASCADE,
  constraint fingerprint_of_reference FOREIGN KEY (party_id, reference_id) REFERENCES reference(party_id, reference_id) ON DELETE CASCADE,
  constraint fingerprint_constellation_is_not_empty CHECK (octet_length(constellation) > 0),
  constraint fingerprint_duration_is_positive CHECK (duration_ms > 0),
  constraint fingerprint_has_peaks CHECK (peak_count > 0)
);
alter table fingerprint enable row level security, force row level security;
create policy fingerprints_within_mandate on fingerprint as permissive for all to earmark_administrator
  using (((party_id = effective_party()) AND (EXISTS ( SELECT
   FROM recording_reference l
  WHERE (l.reference_id = fingerprint.reference_id)))));
create policy fingerprint_is_made_by_scope on fingerprint as restrictive for insert to earmark_administrator, earmark_tenant
  with check (caller_has('register:recordings'::text));
create policy operator_reaches_all on fingerprint as permissive for all to earmark_operator
  using (true);
create policy service_follows_the_feed on fingerprint as permissive for select to earmark_service
  using (true);
create policy own_fingerprints on fingerprint as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
grant insert, select on fingerprint to earmark_administrator;
grant insert, select on fingerprint to earmark_operator;
grant select on fingerprint to earmark_service;
grant insert, select on fingerprint to earmark_tenant;

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
alter table idempotency_key enable row level security, force row level security;
create policy own_idempotency_keys_of_administrator on idempotency_key as permissive for all to earmark_administrator
  using ((party_id = caller_party()));
create policy operator_reaches_all on idempotency_key as permissive for all to earmark_operator
  using (true);
create policy service_forgets on idempotency_key as permissive for all to earmark_service
  using (true);
create policy own_idempotency_keys on idempotency_key as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
grant insert, select on idempotency_key to earmark_administrator;
grant insert, select on idempotency_key to earmark_operator;
grant delete, select on idempotency_key to earmark_service;
grant insert, select on idempotency_key to earmark_tenant;
grant update (created_at, request_digest, response) on idempotency_key to earmark_administrator;
grant update (created_at, request_digest, response) on idempotency_key to earmark_operator;
grant update (created_at) on idempotency_key to earmark_service;
grant update (created_at, request_digest, response) on idempotency_key to earmark_tenant;

create table identifier_assertion (
  identifier_assertion_id uuid not null,
  recording_id uuid not null,
  asserted_by uuid not null,
  scheme text not null,
  value text not null,
  asserted_at timestamp with time zone not null default now(),
  party_id uuid not null,
  on_behalf_of uuid,
  delivery text,
  withdrawn_by uuid,
  withdrawn_at timestamp with time zone,
  constraint identifier_assertion_pk PRIMARY KEY (identifier_assertion_id),
  constraint identifier_assertion_by_party FOREIGN KEY (asserted_by) REFERENCES party(party_id),
  constraint identifier_assertion_of_recording FOREIGN KEY (party_id, recording_id) REFERENCES recording(party_id, recording_id) ON DELETE CASCADE,
  constraint identifier_assertion_on_behalf_of_party FOREIGN KEY (on_behalf_of) REFERENCES party(party_id),
  constraint identifier_assertion_withdrawn_by_party FOREIGN KEY (withdrawn_by) REFERENCES party(party_id),
  constraint identifier_assertion_delivery_is_bounded CHECK (char_length(delivery) >= 1 AND char_length(delivery) <= 200),
  constraint identifier_assertion_isrc_is_well_formed CHECK (scheme <> 'isrc'::text OR value ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'::text),
  constraint identifier_assertion_scheme_is_known CHECK (scheme = ANY (ARRAY['isrc'::text, 'upc_ean'::text, 'iswc'::text, 'isni'::text, 'ipi'::text, 'dpid'::text, 'grid'::text])),
  constraint identifier_assertion_value_is_bounded CHECK (char_length(value) >= 1 AND char_length(value) <= 64),
  constraint identifier_assertion_withdrawal_says_by_whom CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CREATE INDEX identifier_assertion_by_value ON identifier_assertion USING btree (value, scheme, recording_id);
CREATE UNIQUE INDEX identifier_assertion_is_made_once ON identifier_assertion USING btree (recording_id, scheme, value, asserted_by, COALESCE(withdrawn_at, 'infinity'::timestamp with time zone));
alter table identifier_assertion enable row level security, force row level security;
create policy assertions_within_mandate on identifier_assertion as permissive for all to earmark_administrator
  using (((party_id = effective_party()) AND (EXISTS ( SELECT
   FROM recording r
  WHERE (r.recording_id = identifier_assertion.recording_id)))));
create policy assertion_is_made_in_own_name on identifier_assertion as restrictive for insert to earmark_administrator, earmark_tenant
  with check (((asserted_by = caller_party()) AND (NOT (on_behalf_of IS DISTINCT FROM effective_party())) AND (caller_has('assert:identifiers'::text) OR caller_has('register:recordings'::text))));
create policy assertion_is_withdrawn_by_who_made_it on identifier_assertion as restrictive for update to earmark_administrator, earmark_tenant
  using ((((asserted_by = caller_party()) OR (on_behalf_of = caller_party())) AND caller_has('assert:identifiers'::text)))
  with check ((withdrawn_by = caller_party()));
create policy operator_reaches_all on identifier_assertion as permissive for all to earmark_operator
  using (true);
create policy service_describes_matches on identifier_assertion as permissive for select to earmark_service
  using (true);
create policy assertions_about_own_recordings on identifier_assertion as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
grant insert, select on identifier_assertion to earmark_administrator;
grant insert, select on identifier_assertion to earmark_operator;
grant select on identifier_assertion to earmark_service;
grant insert, select on identifier_assertion to earmark_tenant;
grant update (withdrawn_at, withdrawn_by) on identifier_assertion to earmark_administrator;
grant update (withdrawn_at, withdrawn_by) on identifier_assertion to earmark_operator;
grant update (withdrawn_at, withdrawn_by) on identifier_assertion to earmark_tenant;

create table mandate (
  mandate_id uuid not null,
  party_id uuid not null,
  administrator_id uuid not null,
  catalog text not null,
  labels text[] not null default '{}'::text[],
  recording_ids uuid[] not null default '{}'::uuid[],
  external_ids text[] not null default '{}'::text[],
  territories_include text[] not null,
  territories_exclude text[] not null default '{}'::text[],
  valid_from timestamp with time zone not null,
  valid_until timestamp with time zone,
  evidence text not null,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  revoked_by uuid,
  revoked_at timestamp with time zone,
  purpose text not null default 'administer'::text,
  constraint mandate_pk PRIMARY KEY (mandate_id),
  constraint mandate_by_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint mandate_created_by_party FOREIGN KEY (created_by) REFERENCES party(party_id),
  constraint mandate_revoked_by_party FOREIGN KEY (revoked_by) REFERENCES party(party_id),
  constraint mandate_to_party FOREIGN KEY (administrator_id) REFERENCES party(party_id),
  constraint mandate_catalog_is_bounded CHECK (cardinality(labels) <= 100 AND (cardinality(recording_ids) + cardinality(external_ids)) <= 1000),
  constraint mandate_catalog_is_known CHECK (catalog = ANY (ARRAY['all'::text, 'label'::text, 'recordings'::text])),
  constraint mandate_catalog_is_named CHECK ((catalog = 'label'::text) = (cardinality(labels) > 0) AND (catalog = 'recordings'::text) = ((cardinality(recording_ids) + cardinality(external_ids)) > 0)),
  constraint mandate_dates_in_order CHECK (valid_until > valid_from),
  constraint mandate_evidence_is_bounded CHECK (char_length(evidence) >= 1 AND char_length(evidence) <= 1000),
  constraint mandate_is_between_two CHECK (party_id <> administrator_id),
  constraint mandate_purpose_is_known CHECK (purpose = ANY (ARRAY['administer'::text, 'audit'::text])),
  constraint mandate_revocation_says_by_whom CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)),
  constraint mandate_territories_are_named CHECK (cardinality(territories_include) >= 1 AND cardinality(territories_include) <= 300 AND cardinality(territories_exclude) <= 300)
);
CREATE INDEX mandate_by_administrator ON mandate USING btree (administrator_id, party_id);
CREATE INDEX mandate_by_party ON mandate USING btree (party_id, mandate_id);
alter table mandate enable row level security, force row level security;
create policy mandates_in_force on mandate as permissive for select to earmark_administrator
  using (((party_id = effective_party()) AND (administrator_id = caller_party()) AND (purpose = caller_purpose()) AND (revoked_at IS NULL) AND (valid_from <= now()) AND ((valid_until IS NULL) OR (now() < valid_until))));
create policy operator_reaches_all on mandate as permissive for all to earmark_operator
  using (true);
create policy mandate_is_made_by_its_party on mandate as restrictive for insert to earmark_tenant
  with check (((party_id = caller_party()) AND (created_by = caller_party()) AND caller_has('manage:mandates'::text)));
create policy mandate_is_revoked_by_scope on mandate as restrictive for update to earmark_tenant
  using (caller_has('manage:mandates'::text))
  with check ((revoked_by = caller_party()));
create policy own_mandates_of_either_side on mandate as permissive for all to earmark_tenant
  using (((party_id = caller_party()) OR (administrator_id = caller_party())));
grant select on mandate to earmark_administrator;
grant insert, select on mandate to earmark_operator;
grant insert, select on mandate to earmark_tenant;
grant update (revoked_at, revoked_by) on mandate to earmark_operator;
grant update (revoked_at, revoked_by) on mandate to earmark_tenant;

create table ownership_conflict (
  ownership_conflict_id uuid not null,
  party_id uuid not null,
  recording_id uuid not null,
  conflict_sha256 bytea not null,
  side_ids uuid[] not null,
  reviewer_id uuid,
  sum_ppm integer not null,
  details jsonb not null,
  opened_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  resolution text,
  constraint ownership_conflict_pk PRIMARY KEY (ownership_conflict_id),
  constraint ownership_conflict_is_one_for_its_assertions UNIQUE (recording_id, conflict_sha256),
  constraint ownership_conflict_of_recording FOREIGN KEY (party_id, recording_id) REFERENCES recording(party_id, recording_id) ON DELETE CASCADE,
  constraint ownership_conflict_reviewed_by_party FOREIGN KEY (reviewer_id) REFERENCES party(party_id),
  constraint ownership_conflict_digest_is_sha256 CHECK (octet_length(conflict_sha256) = 32),
  constraint ownership_conflict_has_sides CHECK (cardinality(side_ids) >= 1 AND cardinality(side_ids) <= 100),
  constraint ownership_conflict_is_above_the_whole CHECK (sum_ppm > 1000000),
  constraint ownership_conflict_resolution_is_known CHECK (resolution = ANY (ARRAY['withdrawal'::text, 'decision'::text, 'superseded'::text])),
  constraint ownership_conflict_resolution_says_when CHECK ((resolved_at IS NULL) = (resolution IS NULL)),
  constraint ownership_conflict_reviewer_is_no_side CHECK (NOT (reviewer_id = ANY (side_ids)))
);
alter table ownership_conflict enable row level security, force row level security;
create policy conflicts_within_mandate on ownership_conflict as permissive for select to earmark_administrator
  using (((party_id = effective_party()) AND (EXISTS ( SELECT
   FROM recording r
  WHERE (r.recording_id = ownership_conflict.recording_id)))));
create policy operator_reaches_all on ownership_conflict as permissive for all to earmark_operator
  using (true);
create policy service_keeps_conflicts on ownership_conflict as permissive for all to earmark_service
  using (true);
create policy conflicts_of_own_and_to_review on ownership_conflict as permissive for select to earmark_tenant
  using (((party_id = caller_party()) OR (caller_party() = ANY (side_ids)) OR (reviewer_id = caller_party())));
grant select on ownership_conflict to earmark_administrator;
grant select on ownership_conflict to earmark_operator;
grant insert, select on ownership_conflict to earmark_service;
grant select on ownership_conflict to earmark_tenant;
grant update (reviewer_id) on ownership_conflict to earmark_operator;
grant update (details, resolution, resolved_at, sum_ppm) on ownership_conflict to earmark_service;

create table ownership_decision (
  ownership_decision_id uuid not null,
  party_id uuid not null,
  recording_id uuid not null,
  ownership_conflict_id uuid not null,
  decided_by uuid not null,
  decided_right text not null,
  territories_include text[] not null,
  territories_exclude text[] not null,
  valid_from date,
  valid_to date,
  upheld uuid[] not null,
  set_aside uuid[] not null,
  reason text not null,
  recorded_at timestamp with time zone not null,
  constraint ownership_decision_pk PRIMARY KEY (ownership_decision_id),
  constraint ownership_decision_about_recording FOREIGN KEY (party_id, recording_id) REFERENCES recording(party_id, recording_id) ON DELETE CASCADE,
  constraint ownership_decision_by_party FOREIGN KEY (decided_by) REFERENCES party(party_id),
  constraint ownership_decision_on_conflict FOREIGN KEY (ownership_conflict_id) REFERENCES ownership_conflict(ownership_conflict_id) ON DELETE CASCADE,
  constraint ownership_decision_period_in_order CHECK (valid_to > valid_from),
  constraint ownership_decision_right_is_known CHECK (decided_right = ANY (ARRAY['MakeAvailableRight'::text, 'PerformingRight'::text, 'ReproductionRight'::text, 'SynchronizationRight'::text, 'AllRights'::text])),
  constraint ownership_decision_says_why CHECK (char_length(reason) >= 1 AND char_length(reason) <= 1000),
  constraint ownership_decision_sets_something_aside CHECK (cardinality(set_aside) >= 1 AND cardinality(set_aside) <= 100),
  constraint ownership_decision_territories_are_named CHECK (cardinality(territories_include) >= 1 AND cardinality(territories_include) <= 300 AND cardinality(territories_exclude) <= 300),
  constraint ownership_decision_upheld_is_bounded CHECK (cardinality(upheld) <= 100)
);
CREATE INDEX ownership_decision_by_recording ON ownership_decision USING btree (recording_id);
alter table ownership_decision enable row level security, force row level security;
create policy decisions_within_mandate on ownership_decision as permissive for select to earmark_administrator
  using (((party_id = effective_party()) AND (EXISTS ( SELECT
   FROM recording r
  WHERE (r.recording_id = ownership_decision.recording_id)))));
create policy operator_reaches_all on ownership_decision as permissive for all to earmark_operator
  using (true);
create policy service_finds_conflicts on ownership_decision as permissive for select to earmark_service
  using (true);
create policy conflicts_are_decided_by_their_reviewer on ownership_decision as restrictive for insert to earmark_tenant
  with check (((decided_by = caller_party()) AND caller_has('decide:conflicts'::text) AND (EXISTS ( SELECT
   FROM ownership_conflict c
  WHERE ((c.ownership_conflict_id = ownership_decision.ownership_conflict_id) AND (c.recording_id = ownership_decision.recording_id) AND (c.reviewer_id = caller_party()))))));
create policy decisions_about_own_and_own_ones on ownership_decision as permissive for all to earmark_tenant
  using (((party_id = caller_party()) OR (decided_by = caller_party())));
grant select on ownership_decision to earmark_administrator;
grant insert, select on ownership_decision to earmark_operator;
grant select on ownership_decision to earmark_service;
grant insert, select on ownership_decision to earmark_tenant;

create table party (
  party_id uuid not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  constraint party_pk PRIMARY KEY (party_id),
  constraint party_name_is_unique UNIQUE (name),
  constraint party_name_is_bounded CHECK (char_length(name) <= 200),
  constraint party_name_is_not_blank CHECK (btrim(name) <> ''::text)
);
alter table party enable row level security, force row level security;
create policy party_acted_for on party as permissive for select to earmark_administrator
  using (((party_id = effective_party()) AND ( SELECT may_act() AS may_act)));
create policy operator_reaches_all on party as permissive for all to earmark_operator
  using (true);
create policy service_names_parties on party as permissive for select to earmark_service
  using (true);
create policy own_party on party as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
grant select on party to earmark_administrator;
grant insert, select on party to earmark_operator;
grant select on party to earmark_service;
grant select on party to earmark_tenant;
grant update (name) on party to earmark_operator;

create table party_role (
  party_id uuid not null,
  role text not null,
  created_at timestamp with time zone not null default now(),
  constraint party_role_pk PRIMARY KEY (party_id, role),
  constraint party_role_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint party_role_is_known CHECK (role = ANY (ARRAY['rightsholder'::text, 'administrator'::text, 'platform'::text, 'reviewer'::text, 'auditor'::text, 'operator'::text]))
);
alter table party_role enable row level security, force row level security;
create policy operator_reaches_all on party_role as permissive for all to earmark_operator
  using (true);
create policy service_reads_roles on party_role as permissive for select to earmark_service
  using (true);
create policy own_roles on party_role as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
grant delete, insert, select on party_role to earmark_operator;
grant select on party_role to earmark_service;
grant select on party_role to earmark_tenant;

create table policy (
  policy_id uuid not null,
  party_id uuid not null,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint policy_pk PRIMARY KEY (policy_id),
  constraint policy_is_found_by_party UNIQUE (party_id, policy_id),
  constraint policy_created_by_party FOREIGN KEY (created_by) REFERENCES party(party_id),
  constraint policy_of_party FOREIGN KEY (party_id) REFERENCES party(party_id)
);
alter table policy enable row level security, force row level security;
create policy operator_reaches_all on policy as permissive for all to earmark_operator
  using (true);
create policy service_decides_matches on policy as permissive for select to earmark_service
  using (true);
create policy own_policies on policy as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy policy_is_made_by_scope on policy as restrictive for insert to earmark_tenant
  with check (((created_by = caller_party()) AND caller_has('manage:policies'::text)));
grant insert, select on policy to earmark_operator;
grant select on policy to earmark_service;
grant insert, select on policy to earmark_tenant;

create table policy_activation (
  policy_activation_id uuid not null,
  policy_id uuid not null,
  version integer not null,
  party_id uuid not null,
  activated_by uuid not null,
  activated_at timestamp with time zone not null,
  constraint policy_activation_pk PRIMARY KEY (policy_activation_id),
  constraint policy_activation_by_party FOREIGN KEY (activated_by) REFERENCES party(party_id),
  constraint policy_activation_of_policy FOREIGN KEY (party_id, policy_id) REFERENCES policy(party_id, policy_id),
  constraint policy_activation_of_version FOREIGN KEY (policy_id, version) REFERENCES policy_version(policy_id, version)
);
CREATE INDEX policy_activation_by_policy ON policy_activation USING btree (policy_id, activated_at);
alter table policy_activation enable row level security, force row level security;
create policy operator_reaches_all on policy_activation as permissive for all to earmark_operator
  using (true);
create policy service_decides_matches on policy_activation as permissive for select to earmark_service
  using (true);
create policy own_activations on policy_activation as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy version_is_activated_by_scope on policy_activation as restrictive for insert to earmark_tenant
  with check (((activated_by = caller_party()) AND caller_has('manage:policies'::text)));
grant insert, select on policy_activation to earmark_operator;
grant select on policy_activation to earmark_service;
grant insert, select on policy_activation to earmark_tenant;

create table policy_assignment (
  policy_assignment_id uuid not null,
  party_id uuid not null,
  policy_id uuid not null,
  recording_id uuid,
  assigned_by uuid not null,
  in_force_from timestamp with time zone not null,
  ended_by uuid,
  in_force_to timestamp with time zone,
  constraint policy_assignment_pk PRIMARY KEY (policy_assignment_id),
  constraint policy_assignment_by_party FOREIGN KEY (assigned_by) REFERENCES party(party_id),
  constraint policy_assignment_ended_by_party FOREIGN KEY (ended_by) REFERENCES party(party_id),
  constraint policy_assignment_of_policy FOREIGN KEY (party_id, policy_id) REFERENCES policy(party_id, policy_id),
  constraint policy_assignment_to_recording FOREIGN KEY (recording_id) REFERENCES recording(recording_id) ON DELETE CASCADE,
  constraint policy_assignment_end_says_by_whom CHECK ((in_force_to IS NULL) = (ended_by IS NULL)),
  constraint policy_assignment_ends_after_it_began CHECK (in_force_to >= in_force_from)
);
CREATE INDEX policy_assignment_by_recording ON policy_assignment USING btree (recording_id) WHERE recording_id IS NOT NULL;
CREATE UNIQUE INDEX policy_assignment_is_one_default ON policy_assignment USING btree (party_id) WHERE recording_id IS NULL AND in_force_to IS NULL;
CREATE UNIQUE INDEX policy_assignment_is_one_override ON policy_assignment USING btree (party_id, recording_id) WHERE recording_id IS NOT NULL AND in_force_to IS NULL;
alter table policy_assignment enable row level security, force row level security;
create policy operator_reaches_all on policy_assignment as permissive for all to earmark_operator
  using (true);
create policy service_decides_matches on policy_assignment as permissive for select to earmark_service
  using (true);
create policy assignment_is_ended_by_scope on policy_assignment as restrictive for update to earmark_tenant
  using (caller_has('manage:policies'::text))
  with check ((ended_by = caller_party()));
create policy own_assignments on policy_assignment as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy policy_is_assigned_by_scope on policy_assignment as restrictive for insert to earmark_tenant
  with check (((assigned_by = caller_party()) AND caller_has('manage:policies'::text) AND ((recording_id IS NULL) OR hears_rights(recording_id, NULL::uuid))));
grant insert, select on policy_assignment to earmark_operator;
grant select on policy_assignment to earmark_service;
grant insert, select on policy_assignment to earmark_tenant;
grant update (ended_by, in_force_to) on policy_assignment to earmark_operator;
grant update (ended_by, in_force_to) on policy_assignment to earmark_tenant;

create table policy_version (
  policy_id uuid not null,
  version integer not null,
  party_id uuid not null,
  document jsonb not null,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint policy_version_pk PRIMARY KEY (policy_id, version),
  constraint policy_version_created_by_party FOREIGN KEY (created_by) REFERENCES party(party_id),
  constraint policy_version_of_policy FOREIGN KEY (party_id, policy_id) REFERENCES policy(party_id, policy_id),
  constraint policy_version_is_counted_from_one CHECK (version >= 1 AND version <= 1000)
);
alter table policy_version enable row level security, force row level security;
create policy operator_reaches_all on policy_version as permissive for all to earmark_operator
  using (true);
create policy service_decides_matches on policy_version as permissive for select to earmark_service
  using (true);
create policy own_versions on policy_version as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy version_is_made_by_scope on policy_version as restrictive for insert to earmark_tenant
  with check (((created_by = caller_party()) AND caller_has('manage:policies'::text)));
grant insert, select on policy_version to earmark_operator;
grant select on policy_version to earmark_service;
grant insert, select on policy_version to earmark_tenant;

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
  constraint recording_external_id_is_unique_in_party UNIQUE (external_id, party_id),
  constraint recording_is_found_by_party UNIQUE (party_id, recording_id),
  constraint recording_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint recording_external_id_is_bounded CHECK (char_length(external_id) >= 1 AND char_length(external_id) <= 500),
  constraint recording_release_date_is_year_month_or_day CHECK (release_date ~ '^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$'::text),
  constraint recording_text_is_bounded CHECK (char_length(title) <= 1000 AND char_length(artist) <= 1000 AND char_length(label) <= 1000 AND char_length(version) <= 1000)
);
CREATE INDEX recording_by_terms ON recording USING gin (recording_terms(party_id, title, artist, version)) WITH (gin_pending_list_limit='1024');
CREATE INDEX recording_by_title ON recording USING gin (title gin_trgm_ops);
CREATE TRIGGER recording_changed_known AFTER UPDATE ON public.recording REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keep_search_words();
CREATE TRIGGER recording_made_known AFTER INSERT ON public.recording REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keep_search_words();
alter table recording enable row level security, force row level security;
create policy recordings_within_mandate on recording as permissive for all to earmark_administrator
  using (((party_id = effective_party()) AND (EXISTS ( SELECT
   FROM mandate m
  WHERE ((m.party_id = recording.party_id) AND
        CASE m.catalog
            WHEN 'all'::text THEN true
            WHEN 'label'::text THEN (recording.label = ANY (m.labels))
            ELSE ((recording.recording_id = ANY (m.recording_ids)) OR (recording.external_id = ANY (m.external_ids)))
        END)))));
create policy recording_is_changed_by_scope on recording as restrictive for update to earmark_administrator, earmark_tenant
  using ((caller_has('register:recordings'::text) OR caller_has('remove:recordings'::text)));
create policy recording_is_made_by_scope on recording as restrictive for insert to earmark_administrator, earmark_tenant
  with check (caller_has('register:recordings'::text));
create policy operator_reaches_all on recording as permissive for all to earmark_operator
  using (true);
create policy service_describes_matches on recording as permissive for select to earmark_service
  using (true);
create policy own_recordings on recording as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy recording_is_removed_by_scope on recording as restrictive for delete to earmark_tenant
  using (caller_has('remove:recordings'::text));
grant insert, select on recording to earmark_administrator;
grant delete, insert, select on recording to earmark_operator;
grant select on recording to earmark_service;
grant delete, insert, select on recording to earmark_tenant;
grant update (artist, label, release_date, title, updated_at, version) on recording to earmark_administrator;
grant update (artist, label, release_date, title, updated_at, version) on recording to earmark_operator;
grant update (artist, label, release_date, title, updated_at, version) on recording to earmark_tenant;

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
alter table recording_reference enable row level security, force row level security;
create policy links_within_mandate on recording_reference as permissive for all to earmark_administrator
  using (((party_id = effective_party()) AND (EXISTS ( SELECT
   FROM recording r
  WHERE (r.recording_id = recording_reference.recording_id)))));
create policy link_is_made_by_scope on recording_reference as restrictive for insert to earmark_administrator, earmark_tenant
  with check (caller_has('register:recordings'::text));
create policy operator_reaches_all on recording_reference as permissive for all to earmark_operator
  using (true);
create policy service_follows_the_feed on recording_reference as permissive for select to earmark_service
  using (true);
create policy link_is_removed_by_scope on recording_reference as restrictive for delete to earmark_tenant
  using (caller_has('remove:recordings'::text));
create policy own_links on recording_reference as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
grant insert, select on recording_reference to earmark_administrator;
grant delete, insert, select on recording_reference to earmark_operator;
grant select on recording_reference to earmark_service;
grant delete, insert, select on recording_reference to earmark_tenant;

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
alter table reference enable row level security, force row level security;
create policy references_of_party_acted_for on reference as permissive for all to earmark_administrator
  using (((party_id = effective_party()) AND ( SELECT may_act() AS may_act)));
create policy reference_is_changed_by_scope on reference as restrictive for update to earmark_administrator, earmark_tenant
  using ((caller_has('register:recordings'::text) OR caller_has('remove:recordings'::text)));
create policy reference_is_made_by_scope on reference as restrictive for insert to earmark_administrator, earmark_tenant
  with check (caller_has('register:recordings'::text));
create policy operator_reaches_all on reference as permissive for all to earmark_operator
  using (true);
create policy service_follows_the_feed on reference as permissive for select to earmark_service
  using (true);
create policy own_references on reference as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy reference_is_removed_by_scope on reference as restrictive for delete to earmark_tenant
  using (caller_has('remove:recordings'::text));
grant insert, select on reference to earmark_administrator;
grant delete, insert, select on reference to earmark_operator;
grant select on reference to earmark_service;
grant delete, insert, select on reference to earmark_tenant;
grant update (status, status_reason) on reference to earmark_administrator;
grant update (status, status_reason) on reference to earmark_operator;
grant update (status, status_reason) on reference to earmark_tenant;

create table retroscan (
  retroscan_id uuid not null,
  party_id uuid not null,
  reference_id uuid not null,
  cause text not null,
  state text not null,
  feed_position bigint,
  begin_position bigint not null default 0,
  checked_position bigint not null default 0,
  until_position bigint not null default 0,
  scanned_count integer not null default 0,
  match_count integer not null default 0,
  claim_count integer not null default 0,
  failure_count integer not null default 0,
  failure text,
  requested_at timestamp with time zone not null,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  is_thorough boolean not null default false,
  constraint retroscan_pk PRIMARY KEY (retroscan_id),
  constraint retroscan_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint retroscan_cause_is_known CHECK (cause = ANY (ARRAY['reference'::text, 'recording'::text, 'rights'::text, 'widened'::text, 'request'::text])),
  constraint retroscan_failure_is_bounded CHECK (char_length(failure) <= 300),
  constraint retroscan_goes_forward CHECK (begin_position <= checked_position AND checked_position <= until_position),
  constraint retroscan_has_ended_where_it_is_over CHECK ((ended_at IS NOT NULL) = (state = ANY (ARRAY['done'::text, 'failed'::text]))),
  constraint retroscan_says_why_it_failed CHECK (state <> 'failed'::text OR failure IS NOT NULL),
  constraint retroscan_state_is_known CHECK (state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text]))
);
CREATE INDEX retroscan_by_feed ON retroscan USING btree (feed_position);
CREATE INDEX retroscan_by_party ON retroscan USING btree (party_id, retroscan_id);
CREATE INDEX retroscan_to_do ON retroscan USING btree (is_thorough, state, (cause <> 'request'::text), retroscan_id) WHERE state = ANY (ARRAY['waiting'::text, 'running'::text]);
CREATE UNIQUE INDEX retroscan_waits_once ON retroscan USING btree (reference_id) WHERE state = 'waiting'::text;
alter table retroscan enable row level security, force row level security;
create policy operator_reaches_all on retroscan as permissive for all to earmark_operator
  using (true);
create policy service_replays on retroscan as permissive for all to earmark_service
  using (true);
create policy own_retroscans on retroscan as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
grant select on retroscan to earmark_operator;
grant insert, select, update on retroscan to earmark_service;
grant select on retroscan to earmark_tenant;

create table rights_assertion (
  rights_assertion_id uuid not null,
  party_id uuid not null,
  recording_id uuid not null,
  registrant_id uuid not null,
  asserted_by uuid not null,
  scan_id uuid,
  asserted_right text not null,
  share_ppm integer not null,
  territories_include text[] not null,
  territories_exclude text[] not null,
  valid_from date,
  valid_to date,
  basis text not null,
  evidence text,
  content_sha256 bytea not null,
  recorded_at timestamp with time zone not null,
  withdrawn_by uuid,
  withdrawn_at timestamp with time zone,
  constraint rights_assertion_pk PRIMARY KEY (rights_assertion_id),
  constraint rights_assertion_about_recording FOREIGN KEY (registrant_id, recording_id) REFERENCES recording(party_id, recording_id) ON DELETE CASCADE,
  constraint rights_assertion_by_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint rights_assertion_knows_by_own_scan FOREIGN KEY (party_id, scan_id) REFERENCES scan(party_id, scan_id),
  constraint rights_assertion_said_by_party FOREIGN KEY (asserted_by) REFERENCES party(party_id),
  constraint rights_assertion_withdrawn_by_party FOREIGN KEY (withdrawn_by) REFERENCES party(party_id),
  constraint rights_assertion_basis_is_known CHECK (basis = ANY (ARRAY['OriginalOwner'::text, 'SuccessorInTitle'::text, 'ExclusiveLicensee'::text])),
  constraint rights_assertion_content_is_sha256 CHECK (octet_length(content_sha256) = 32),
  constraint rights_assertion_evidence_is_bounded CHECK (char_length(evidence) >= 1 AND char_length(evidence) <= 500),
  constraint rights_assertion_is_withdrawn_after_it_was_made CHECK (withdrawn_at >= recorded_at),
  constraint rights_assertion_period_in_order CHECK (valid_to > valid_from),
  constraint rights_assertion_right_is_known CHECK (asserted_right = ANY (ARRAY['MakeAvailableRight'::text, 'PerformingRight'::text, 'ReproductionRight'::text, 'SynchronizationRight'::text, 'AllRights'::text])),
  constraint rights_assertion_share_is_up_to_the_whole CHECK (share_ppm >= 1 AND share_ppm <= 1000000),
  constraint rights_assertion_territories_are_named CHECK (cardinality(territories_include) >= 1 AND cardinality(territories_include) <= 300 AND cardinality(territories_exclude) <= 300),
  constraint rights_assertion_withdrawal_says_by_whom CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CREATE INDEX rights_assertion_by_owner ON rights_assertion USING btree (party_id, recording_id);
CREATE UNIQUE INDEX rights_assertion_is_made_once ON rights_assertion USING btree (recording_id, party_id, content_sha256) WHERE withdrawn_at IS NULL;
alter table rights_assertion enable row level security, force row level security;
create policy rights_within_mandate on rights_assertion as permissive for all to earmark_administrator
  using ((EXISTS ( SELECT
   FROM recording r
  WHERE (r.recording_id = rights_assertion.recording_id))));
create policy rights_are_asserted_in_own_name on rights_assertion as restrictive for insert to earmark_administrator, earmark_tenant
  with check (((asserted_by = caller_party()) AND (party_id = COALESCE(effective_party(), caller_party())) AND caller_has('assert:rights'::text) AND ((registrant_id = party_id) OR hears_rights(recording_id, scan_id))));
create policy rights_are_withdrawn_by_who_asserted_them on rights_assertion as restrictive for update to earmark_administrator, earmark_tenant
  using ((((asserted_by = caller_party()) OR (party_id = COALESCE(effective_party(), caller_party()))) AND caller_has('assert:rights'::text)))
  with check ((withdrawn_by = caller_party()));
create policy operator_reaches_all on rights_assertion as permissive for all to earmark_operator
  using (true);
create policy service_finds_conflicts on rights_assertion as permissive for select to earmark_service
  using (true);
create policy rights_of_own_and_in_own_recordings on rights_assertion as permissive for all to earmark_tenant
  using (((party_id = caller_party()) OR (registrant_id = caller_party())));
grant insert, select on rights_assertion to earmark_administrator;
grant insert, select on rights_assertion to earmark_operator;
grant select on rights_assertion to earmark_service;
grant insert, select on rights_assertion to earmark_tenant;
grant update (withdrawn_at, withdrawn_by) on rights_assertion to earmark_administrator;
grant update (withdrawn_at, withdrawn_by) on rights_assertion to earmark_operator;
grant update (withdrawn_at, withdrawn_by) on rights_assertion to earmark_tenant;

create table scan (
  scan_id uuid not null,
  party_id uuid not null,
  external_id text,
  index_position bigint not null,
  duration_ms integer not null,
  answer jsonb not null,
  created_at timestamp with time zone not null default now(),
  constraint scan_pk PRIMARY KEY (scan_id),
  constraint scan_is_found_by_party UNIQUE (party_id, scan_id),
  constraint scan_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint scan_duration_is_not_negative CHECK (duration_ms >= 0),
  constraint scan_external_id_is_bounded CHECK (char_length(external_id) >= 1 AND char_length(external_id) <= 500)
);
alter table scan enable row level security, force row level security;
create policy operator_reaches_all on scan as permissive for all to earmark_operator
  using (true);
create policy service_explains_matches on scan as permissive for select to earmark_service
  using (true);
create policy own_scans on scan as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy scan_is_made_by_scope on scan as restrictive for insert to earmark_tenant
  with check (caller_has('scan:uploads'::text));
grant insert, select on scan to earmark_operator;
grant select on scan to earmark_service;
grant insert, select on scan to earmark_tenant;

create table scan_fingerprint (
  scan_id uuid not null,
  bytes bytea storage external not null,
  created_at timestamp with time zone not null default now(),
  party_id uuid not null,
  constraint scan_fingerprint_pk PRIMARY KEY (scan_id),
  constraint scan_fingerprint_of_scan FOREIGN KEY (party_id, scan_id) REFERENCES scan(party_id, scan_id) ON DELETE CASCADE,
  constraint scan_fingerprint_is_not_empty CHECK (octet_length(bytes) > 0)
);
CREATE INDEX scan_fingerprint_by_age ON scan_fingerprint USING btree (created_at);
alter table scan_fingerprint enable row level security, force row level security;
create policy operator_reaches_all on scan_fingerprint as permissive for all to earmark_operator
  using (true);
create policy service_forgets on scan_fingerprint as permissive for all to earmark_service
  using (true);
create policy own_scan_fingerprints on scan_fingerprint as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy scan_fingerprint_is_made_by_scope on scan_fingerprint as restrictive for insert to earmark_tenant
  with check (caller_has('scan:uploads'::text));
grant insert, select on scan_fingerprint to earmark_operator;
grant delete, select on scan_fingerprint to earmark_service;
grant insert, select on scan_fingerprint to earmark_tenant;
grant update (created_at) on scan_fingerprint to earmark_service;

create table search_word (
  word text not null
);
CREATE INDEX search_word_by_trigram ON search_word USING gin (word gin_trgm_ops) WITH (gin_pending_list_limit='256');
CREATE INDEX search_word_by_word ON search_word USING btree (word);
grant insert, select on search_word to earmark_service;

create table submission (
  submission_id uuid not null,
  party_id uuid not null,
  platform text not null,
  external_id text not null,
  url text,
  account text,
  title text,
  content_type text,
  audio_sha256 bytea not null,
  scan_id uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint submission_pk PRIMARY KEY (submission_id),
  constraint submission_is_found_by_party UNIQUE (party_id, submission_id),
  constraint submission_is_reported_once UNIQUE (party_id, platform, external_id),
  constraint submission_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint submission_of_scan FOREIGN KEY (party_id, scan_id) REFERENCES scan(party_id, scan_id),
  constraint submission_audio_is_sha256 CHECK (octet_length(audio_sha256) = 32),
  constraint submission_content_type_is_known CHECK (content_type = ANY (ARRAY['audio'::text, 'video'::text, 'short_video'::text, 'live_stream'::text])),
  constraint submission_text_is_bounded CHECK (char_length(platform) >= 1 AND char_length(platform) <= 100 AND char_length(external_id) >= 1 AND char_length(external_id) <= 2000 AND char_length(url) >= 1 AND char_length(url) <= 2000 AND char_length(account) >= 1 AND char_length(account) <= 200 AND char_length(title) >= 1 AND char_length(title) <= 500)
);
CREATE INDEX submission_by_scan ON submission USING btree (scan_id);
alter table submission enable row level security, force row level security;
create policy operator_reaches_all on submission as permissive for all to earmark_operator
  using (true);
create policy service_replays on submission as permissive for select to earmark_service
  using (true);
create policy own_submissions on submission as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy submission_is_made_by_scope on submission as restrictive for insert to earmark_tenant
  with check (caller_has('submit:uploads'::text));
grant insert, select on submission to earmark_operator;
grant select on submission to earmark_service;
grant insert, select on submission to earmark_tenant;

create table submission_fingerprint (
  submission_id uuid not null,
  party_id uuid not null,
  position bigint not null,
  index_position bigint not null,
  feed_position bigint not null,
  bytes bytea storage external not null,
  created_at timestamp with time zone not null,
  constraint submission_fingerprint_pk PRIMARY KEY (submission_id),
  constraint submission_fingerprint_position_is_its_own UNIQUE ("position"),
  constraint submission_fingerprint_of_submission FOREIGN KEY (party_id, submission_id) REFERENCES submission(party_id, submission_id) ON DELETE CASCADE,
  constraint submission_fingerprint_is_not_empty CHECK (octet_length(bytes) > 0)
);
CREATE INDEX submission_fingerprint_by_age ON submission_fingerprint USING btree (created_at);
CREATE INDEX submission_fingerprint_overtaken ON submission_fingerprint USING btree ("position") WHERE index_position < feed_position;
alter table submission_fingerprint enable row level security, force row level security;
create policy operator_reaches_all on submission_fingerprint as permissive for all to earmark_operator
  using (true);
create policy service_replays on submission_fingerprint as permissive for all to earmark_service
  using (true);
create policy own_submission_fingerprints on submission_fingerprint as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy submission_fingerprint_is_made_by_scope on submission_fingerprint as restrictive for insert to earmark_tenant
  with check (caller_has('submit:uploads'::text));
grant insert, select on submission_fingerprint to earmark_operator;
grant delete, select on submission_fingerprint to earmark_service;
grant insert, select on submission_fingerprint to earmark_tenant;
grant update (index_position) on submission_fingerprint to earmark_service;

create table submission_head (
  submission_head_id boolean not null default true,
  position bigint not null,
  constraint submission_head_pk PRIMARY KEY (submission_head_id),
  constraint submission_head_is_one_row CHECK (submission_head_id),
  constraint submission_head_position_is_not_negative CHECK ("position" >= 0)
) with (fillfactor=10);
grant select on submission_head to earmark_service;
grant update (position) on submission_head to earmark_service;

create table submission_match (
  submission_match_id uuid not null,
  party_id uuid not null,
  submission_id uuid not null,
  recording_id uuid not null,
  reference_id uuid not null,
  recording jsonb not null,
  segments jsonb not null,
  facts jsonb not null,
  outcomes jsonb not null,
  unclaimed jsonb not null,
  created_at timestamp with time zone not null default now(),
  constraint submission_match_pk PRIMARY KEY (submission_match_id),
  constraint submission_match_is_made_once UNIQUE (submission_id, recording_id),
  constraint submission_match_of_submission FOREIGN KEY (party_id, submission_id) REFERENCES submission(party_id, submission_id)
);
CREATE INDEX submission_match_by_time ON submission_match USING btree (created_at, submission_match_id);
alter table submission_match enable row level security, force row level security;
create policy operator_reaches_all on submission_match as permissive for all to earmark_operator
  using (true);
create policy service_replays on submission_match as permissive for all to earmark_service
  using (true);
create policy own_submission_matches on submission_match as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy submission_match_is_made_by_scope on submission_match as restrictive for insert to earmark_tenant
  with check (caller_has('submit:uploads'::text));
grant insert, select on submission_match to earmark_operator;
grant insert, select on submission_match to earmark_service;
grant insert, select on submission_match to earmark_tenant;
grant update (facts, outcomes, reference_id, segments, unclaimed) on submission_match to earmark_service;

create table webhook (
  webhook_id uuid not null,
  party_id uuid not null,
  url text not null,
  description text not null default ''::text,
  event_types text[] not null default '{}'::text[],
  secret bytea not null,
  previous_secret bytea,
  previous_secret_until timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  failing_since timestamp with time zone,
  disabled_at timestamp with time zone,
  disabled_reason text,
  constraint webhook_pk PRIMARY KEY (webhook_id),
  constraint webhook_is_found_by_party UNIQUE (party_id, webhook_id),
  constraint webhook_of_party FOREIGN KEY (party_id) REFERENCES party(party_id),
  constraint webhook_description_is_bounded CHECK (char_length(description) <= 200),
  constraint webhook_disabled_reason_is_known CHECK (disabled_reason = ANY (ARRAY['by_party'::text, 'failing'::text, 'gone'::text])),
  constraint webhook_disabling_says_why CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
  constraint webhook_event_types_are_bounded CHECK (cardinality(event_types) <= 100),
  constraint webhook_previous_secret_has_an_end CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
  constraint webhook_previous_secret_is_long CHECK (octet_length(previous_secret) >= 24 AND octet_length(previous_secret) <= 64),
  constraint webhook_secret_is_long CHECK (octet_length(secret) >= 24 AND octet_length(secret) <= 64),
  constraint webhook_url_is_bounded CHECK (url ~ '^https?://'::text AND char_length(url) <= 2000)
);
alter table webhook enable row level security, force row level security;
create policy operator_reaches_all on webhook as permissive for all to earmark_operator
  using (true);
create policy service_delivers on webhook as permissive for all to earmark_service
  using (true);
create policy own_webhooks on webhook as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy webhook_is_changed_by_scope on webhook as restrictive for update to earmark_tenant
  using (caller_has('manage:webhooks'::text));
create policy webhook_is_made_by_scope on webhook as restrictive for insert to earmark_tenant
  with check (caller_has('manage:webhooks'::text));
create policy webhook_is_removed_by_scope on webhook as restrictive for delete to earmark_tenant
  using (caller_has('manage:webhooks'::text));
grant delete, insert, select on webhook to earmark_operator;
grant select on webhook to earmark_service;
grant delete, insert, select on webhook to earmark_tenant;
grant update (description, disabled_at, disabled_reason, event_types, failing_since, previous_secret, previous_secret_until, secret, updated_at, url) on webhook to earmark_operator;
grant update (disabled_at, disabled_reason, failing_since) on webhook to earmark_service;
grant update (description, disabled_at, disabled_reason, event_types, failing_since, previous_secret, previous_secret_until, secret, updated_at, url) on webhook to earmark_tenant;

create table webhook_delivery (
  webhook_id uuid not null,
  event_id uuid not null,
  party_id uuid not null,
  state text not null default 'pending'::text,
  attempt_count integer not null default 0,
  next_attempt_at timestamp with time zone not null,
  last_attempt_at timestamp with time zone,
  last_status integer,
  last_error text,
  delivered_at timestamp with time zone,
  constraint webhook_delivery_pk PRIMARY KEY (webhook_id, event_id),
  constraint webhook_delivery_of_event FOREIGN KEY (party_id, event_id) REFERENCES event(party_id, event_id) ON DELETE CASCADE,
  constraint webhook_delivery_to_webhook FOREIGN KEY (party_id, webhook_id) REFERENCES webhook(party_id, webhook_id) ON DELETE CASCADE,
  constraint webhook_delivery_error_is_bounded CHECK (char_length(last_error) <= 300),
  constraint webhook_delivery_says_when CHECK ((state = 'delivered'::text) = (delivered_at IS NOT NULL)),
  constraint webhook_delivery_state_is_known CHECK (state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text]))
);
CREATE INDEX webhook_delivery_by_event ON webhook_delivery USING btree (party_id, event_id);
CREATE INDEX webhook_delivery_dead ON webhook_delivery USING btree (webhook_id, event_id) WHERE state = 'dead'::text;
CREATE INDEX webhook_delivery_due ON webhook_delivery USING btree (next_attempt_at) WHERE state = 'pending'::text;
CREATE INDEX webhook_delivery_pending ON webhook_delivery USING btree (webhook_id, next_attempt_at) WHERE state = 'pending'::text;
alter table webhook_delivery enable row level security, force row level security;
create policy operator_reaches_all on webhook_delivery as permissive for all to earmark_operator
  using (true);
create policy service_delivers on webhook_delivery as permissive for all to earmark_service
  using (true);
create policy own_webhook_deliveries on webhook_delivery as permissive for all to earmark_tenant
  using ((party_id = caller_party()));
create policy webhook_delivery_is_replayed_by_scope on webhook_delivery as restrictive for update to earmark_tenant
  using (caller_has('manage:webhooks'::text));
grant select on webhook_delivery to earmark_operator;
grant delete, insert, select, update on webhook_delivery to earmark_service;
grant select on webhook_delivery to earmark_tenant;
grant update (attempt_count, delivered_at, next_attempt_at, state) on webhook_delivery to earmark_operator;
grant update (attempt_count, delivered_at, next_attempt_at, state) on webhook_delivery to earmark_tenant;

CREATE OR REPLACE FUNCTION public.allowlisting_party(asked_platform text, asked_account text, of_label text)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
BEGIN ATOMIC
 SELECT DISTINCT a.party_id
    FROM allowlist_entry a
   WHERE ((a.platform = allowlisting_party.asked_platform) AND (a.account = allowlisting_party.asked_account) AND ((a.label IS NULL) OR (a.label = allowlisting_party.of_label)));
END
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.append_event(new_event_id uuid, of_party_id uuid, event_type text, event_payload jsonb, happened_at timestamp with time zone, to_webhook_id uuid)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
BEGIN ATOMIC
 WITH happened AS (
          INSERT INTO event (event_id, party_id, type, payload, created_at)
           VALUES (append_event.new_event_id, append_event.of_party_id, append_event.event_type, append_event.event_payload, append_event.happened_at)
           RETURNING event.event_id,
             event.party_id,
             event.type,
             event.created_at
         ), due AS (
          INSERT INTO webhook_delivery (webhook_id, event_id, party_id, next_attempt_at)  SELECT w.webhook_id,
                     h.event_id,
                     h.party_id,
                     h.created_at
                    FROM (happened h
                      JOIN webhook w ON ((w.party_id = h.party_id)))
                   WHERE ((w.disabled_at IS NULL) AND
                         CASE
                             WHEN (append_event.to_webhook_id IS NOT NULL) THEN (w.webhook_id = append_event.to_webhook_id)
                             ELSE ((cardinality(w.event_types) = 0) OR (h.type = ANY (w.event_types)))
                         END)
           RETURNING webhook_delivery.webhook_id
         )
  SELECT count(*) AS count
    FROM due;
END
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.append_to_feed(entry_kind text, entry_reference_id uuid)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
BEGIN ATOMIC
 WITH head AS (
          UPDATE feed_head SET "position" = (feed_head."position" + 1)
           WHERE ((append_to_feed.entry_kind <> 'delete'::text) = (EXISTS ( SELECT
                    FROM reference r
                   WHERE (r.reference_id = append_to_feed.entry_reference_id))))
           RETURNING feed_head."position"
         ), entry AS (
          INSERT INTO change_feed ("position", kind, reference_id)  SELECT head."position",
                     append_to_feed.entry_kind AS entry_kind,
                     append_to_feed.entry_reference_id AS entry_reference_id
                    FROM head
           RETURNING change_feed."position"
         ), told AS (
          SELECT entry."position",
             (pg_notify('change_feed'::text, (entry."position")::text))::text AS pg_notify
            FROM entry
         )
  SELECT told."position"
    FROM told;
END
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.caller_has(scope text)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN COALESCE((scope = ANY (string_to_array(current_setting('earmark.scopes'::text, true), ' '::text))), false)

CREATE OR REPLACE FUNCTION public.caller_party()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('earmark.party_id'::text, true), ''::text))::uuid

CREATE OR REPLACE FUNCTION public.caller_purpose()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN COALESCE(NULLIF(current_setting('earmark.purpose'::text, true), ''::text), 'administer'::text)

CREATE OR REPLACE FUNCTION public.decisions_heard(of_recording_ids uuid[], of_scan_id uuid)
 RETURNS SETOF ownership_decision
 LANGUAGE sql
 STABLE SECURITY DEFINER
BEGIN ATOMIC
 SELECT d.ownership_decision_id,
     d.party_id,
     d.recording_id,
     d.ownership_conflict_id,
     d.decided_by,
     d.decided_right,
     d.territories_include,
     d.territories_exclude,
     d.valid_from,
     d.valid_to,
     d.upheld,
     d.set_aside,
     d.reason,
     d.recorded_at
    FROM ownership_decision d
   WHERE (d.recording_id IN ( SELECT id.id
            FROM unnest(decisions_heard.of_recording_ids) id(id)
           WHERE hears_rights(id.id, decisions_heard.of_scan_id)));
END
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.effective_party()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('earmark.on_behalf_of'::text, true), ''::text))::uuid

CREATE OR REPLACE FUNCTION public.hears_rights(of_recording_id uuid, of_scan_id uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
RETURN (is_operator() OR is_service() OR ((effective_party() IS NULL) AND ((EXISTS (SELECT FROM recording r WHERE ((r.recording_id = hears_rights.of_recording_id) AND (r.party_id = caller_party())))) OR (EXISTS (SELECT FROM rights_assertion a WHERE ((a.recording_id = hears_rights.of_recording_id) AND (a.party_id = caller_party()) AND (a.withdrawn_at IS NULL)))) OR (EXISTS (SELECT FROM ownership_conflict c WHERE ((c.recording_id = hears_rights.of_recording_id) AND ((caller_party() = ANY (c.side_ids)) OR (c.reviewer_id = caller_party()))))) OR is_in_own_scan(of_scan_id, of_recording_id))))
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.is_in_own_scan(of_scan_id uuid, of_recording_id uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
RETURN ((EXISTS (SELECT FROM scan s WHERE ((s.scan_id = is_in_own_scan.of_scan_id) AND (s.party_id = caller_party()) AND (s.answer @> jsonb_build_object('matches', jsonb_build_array(jsonb_build_object('recording_id', is_in_own_scan.of_recording_id))))))) OR (EXISTS (SELECT FROM (submission u JOIN submission_match m ON ((m.submission_id = u.submission_id))) WHERE ((u.scan_id = is_in_own_scan.of_scan_id) AND (u.party_id = caller_party()) AND (m.recording_id = is_in_own_scan.of_recording_id)))))
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.is_operator()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (current_setting('role'::text) = 'earmark_operator'::text)

CREATE OR REPLACE FUNCTION public.is_service()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (current_setting('role'::text) = 'earmark_service'::text)

CREATE OR REPLACE FUNCTION public.keep_search_words()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  with brought as materialized (
    select distinct one.word
    from added, unnest(tsvector_to_array(recording_terms(null, added.title, added.artist, added.version))) one(word)
  )
  insert into search_word (word)
  select word
  from brought
  where char_length(word) >= 4 and word !~ '^[0-9]+$'
    and not exists (select from search_word known where known.word = brought.word);
  return null;
end
$function$

CREATE OR REPLACE FUNCTION public.matched_recording(reference_ids uuid[])
 RETURNS TABLE(reference_id uuid, recording_id uuid, party_id uuid, external_id text, title text, artist text, label text, release_date text, version text, isrcs text[])
 LANGUAGE sql
 STABLE SECURITY DEFINER
BEGIN ATOMIC
 SELECT l.reference_id,
     r.recording_id,
     r.party_id,
     r.external_id,
     r.title,
     r.artist,
     r.label,
     r.release_date,
     r.version,
     ARRAY( SELECT a.value
            FROM identifier_assertion a
           WHERE ((a.recording_id = r.recording_id) AND (a.scheme = 'isrc'::text) AND (a.withdrawn_at IS NULL))
           GROUP BY a.value
           ORDER BY (min(a.asserted_at)), a.value) AS "array"
    FROM (recording_reference l
      JOIN recording r ON ((r.recording_id = l.recording_id)))
   WHERE (l.reference_id = ANY (matched_recording.reference_ids));
END
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.matched_reference(reference_ids uuid[])
 RETURNS TABLE(reference_id uuid, party_id uuid, eligibility text, duration_ms integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
BEGIN ATOMIC
 SELECT r.reference_id,
     r.party_id,
     r.eligibility,
     f.duration_ms
    FROM (reference r
      JOIN fingerprint f ON ((f.reference_id = r.reference_id)))
   WHERE (r.reference_id = ANY (matched_reference.reference_ids));
END
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.may_act()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (EXISTS (SELECT FROM mandate m WHERE ((m.party_id = effective_party()) AND (m.administrator_id = caller_party()))))

CREATE OR REPLACE FUNCTION public.next_submission_position()
 RETURNS TABLE("position" bigint, feed_position bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
begin
  update submission_head h set position = h.position + 1 returning h.position into next_submission_position.position;
  -- In a statement of its own: what was committed while the lock was waited for is seen.
  select h.position into next_submission_position.feed_position from feed_head h;
  return next;
end
$function$
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.other_terms(of_party_id uuid, said text)
 RETURNS tsvector
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
 SELECT array_to_tsvector((words.words || ARRAY( SELECT ((('='::text || "right"((other_terms.of_party_id)::text, 12)) || '='::text) || word.word)
            FROM unnest(words.words) word(word)
           WHERE (other_terms.of_party_id IS NOT NULL)))) AS array_to_tsvector
    FROM search_words(other_terms.said) words(words);
END

CREATE OR REPLACE FUNCTION public.own_recordings_with_terms(terms text, at_most integer)
 RETURNS SETOF uuid
 LANGUAGE sql
 SECURITY DEFINER
BEGIN ATOMIC
 SELECT recordings_with_terms(regexp_replace(own_recordings_with_terms.terms, '''([^'']+)'''::text, (('''='::text || "right"((party.id)::text, 12)) || '=\1'''::text), 'g'::text), own_recordings_with_terms.at_most, party.id) AS recordings_with_terms
    FROM ( SELECT COALESCE(effective_party(), caller_party()) AS id) party
   WHERE (party.id IS NOT NULL);
END
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.parties_asserting_each(of_party_id uuid, asked_scheme text, asked_values text[])
 RETURNS TABLE(asked_value text, other_parties bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
BEGIN ATOMIC
 SELECT a.value,
     count(DISTINCT a.party_id) AS count
    FROM identifier_assertion a
   WHERE ((a.scheme = parties_asserting_each.asked_scheme) AND (a.value = ANY (parties_asserting_each.asked_values)) AND (a.withdrawn_at IS NULL) AND (a.party_id <> parties_asserting_each.of_party_id))
   GROUP BY a.value;
END
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.parties_asserting_elsewhere(of_recording_id uuid, asked_scheme text, asked_value text)
 RETURNS bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
RETURN (SELECT count(DISTINCT other.party_id) AS count FROM ((identifier_assertion a JOIN recording other ON ((other.recording_id = a.recording_id))) JOIN recording own ON ((own.recording_id = parties_asserting_elsewhere.of_recording_id))) WHERE ((a.scheme = parties_asserting_elsewhere.asked_scheme) AND (a.value = parties_asserting_elsewhere.asked_value) AND (a.withdrawn_at IS NULL) AND (other.party_id <> own.party_id)))
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.party_has_role(of_party_id uuid, asked_role text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
RETURN (EXISTS (SELECT FROM party_role r WHERE ((r.party_id = party_has_role.of_party_id) AND (r.role = party_has_role.asked_role))))
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.party_name(of_party_id uuid)
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
RETURN (SELECT p.name FROM party p WHERE (p.party_id = party_name.of_party_id))
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.past_scan(of_party_id uuid, before_scan_id uuid, scan_limit bigint)
 RETURNS TABLE(scan_id uuid, is_own boolean, duration_ms integer, created_at timestamp with time zone, matches jsonb)
 LANGUAGE sql
 STABLE SECURITY DEFINER
BEGIN ATOMIC
 WITH own AS MATERIALIZED (
          SELECT (r.recording_id)::text AS recording_id
            FROM recording r
           WHERE (r.party_id = past_scan.of_party_id)
         UNION
          SELECT (a.recording_id)::text AS recording_id
            FROM rights_assertion a
           WHERE ((a.party_id = past_scan.of_party_id) AND (a.withdrawn_at IS NULL))
         )
  SELECT s.scan_id,
     (s.party_id = past_scan.of_party_id),
     s.duration_ms,
     s.created_at,
     ( SELECT jsonb_agg(jsonb_build_object('recording_id', (m.value -> 'recording_id'::text), 'segments', (m.value -> 'segments'::text))) AS jsonb_agg
            FROM jsonb_array_elements((s.answer -> 'matches'::text)) m(value)
           WHERE ((m.value ->> 'recording_id'::text) IN ( SELECT own.recording_id
                    FROM own))) AS jsonb_agg
    FROM scan s
   WHERE (((past_scan.before_scan_id IS NULL) OR (s.scan_id < past_scan.before_scan_id)) AND ((past_scan.of_party_id = caller_party()) OR is_operator()))
   ORDER BY s.scan_id DESC
  LIMIT past_scan.scan_limit;
END
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.plain_terms(of_party_id uuid, said text)
 RETURNS tsvector
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
declare
  words text := btrim(lower(said));
  mark text := ' =' || right(of_party_id::text, 12) || '=';
begin
  if words ~ '[^a-z0-9 ]|  ' then
    words := btrim(regexp_replace(translate(words, '-.,&!?()/:"''', '           '), ' +', ' ', 'g'));
    if words ~ '[^a-z0-9 ]' then return null; end if;
  end if;
  if char_length(words) > 40 and words ~ '[a-z0-9]{41}' then return null; end if;
  if mark is null or words = '' then return words::tsvector; end if;
  return (words || mark || replace(words, ' ', mark))::tsvector;
end
$function$

CREATE OR REPLACE FUNCTION public.policies_heard(of_recording_ids uuid[], of_scan_id uuid)
 RETURNS TABLE(party_id uuid, recording_id uuid, policy_id uuid, version integer, document jsonb, in_force_from timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
BEGIN ATOMIC
 WITH heard AS MATERIALIZED (
          SELECT id.id
            FROM unnest(policies_heard.of_recording_ids) id(id)
           WHERE hears_rights(id.id, policies_heard.of_scan_id)
         )
  SELECT s.party_id,
     s.recording_id,
     v.policy_id,
     v.version,
     v.document,
     GREATEST(s.in_force_from, active.activated_at) AS "greatest"
    FROM ((policy_assignment s
      CROSS JOIN LATERAL ( SELECT a.version,
             a.activated_at
            FROM policy_activation a
           WHERE (a.policy_id = s.policy_id)
           ORDER BY a.activated_at DESC, a.policy_activation_id DESC
          LIMIT 1) active)
      JOIN policy_version v ON (((v.policy_id = s.policy_id) AND (v.version = active.version))))
   WHERE ((s.in_force_to IS NULL) AND ((s.recording_id IS NULL) OR (s.recording_id IN ( SELECT heard.id
            FROM heard))) AND (s.party_id IN ( SELECT a.party_id
            FROM rights_assertion a
           WHERE ((a.recording_id IN ( SELECT heard.id
                    FROM heard)) AND (a.withdrawn_at IS NULL)))));
END
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.recording_terms(of_party_id uuid, title text, artist text, version text)
 RETURNS tsvector
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
 SELECT COALESCE(plain_terms(of_party_id, ((COALESCE((title || ' '::text), ''::text) || COALESCE((artist || ' '::text), ''::text)) || COALESCE(version, ''::text))), other_terms(of_party_id, ((COALESCE((title || ' '::text), ''::text) || COALESCE((artist || ' '::text), ''::text)) || COALESCE(version, ''::text)))) AS "coalesce";
END

CREATE OR REPLACE FUNCTION public.recordings_heard(of_recording_ids uuid[], of_scan_id uuid)
 RETURNS TABLE(recording_id uuid, registrant_id uuid, duration_ms integer, is_claim_eligible boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
BEGIN ATOMIC
 SELECT r.recording_id,
     r.party_id,
     ( SELECT max(f.duration_ms) AS max
            FROM (recording_reference l
              JOIN fingerprint f ON ((f.reference_id = l.reference_id)))
           WHERE (l.recording_id = r.recording_id)) AS max,
     (EXISTS ( SELECT
            FROM (recording_reference l
              JOIN reference e ON ((e.reference_id = l.reference_id)))
           WHERE ((l.recording_id = r.recording_id) AND (e.eligibility = 'claim_eligible'::text)))) AS "exists"
    FROM recording r
   WHERE ((r.recording_id = ANY (recordings_heard.of_recording_ids)) AND hears_rights(r.recording_id, recordings_heard.of_scan_id));
END
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.recordings_with_terms(terms text, at_most integer, of_party_id uuid)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET enable_seqscan TO 'off'
 SET gin_fuzzy_search_limit TO '0'
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if numnode(terms::tsquery) = 1 then perform set_config('gin_fuzzy_search_limit', '20000', true); end if;
  return query
    select r.recording_id from recording r
    where recording_terms(r.party_id, r.title, r.artist, r.version) @@ terms::tsquery
      and (of_party_id is null or r.party_id::text = of_party_id::text)
    limit at_most;
end
$function$
-- earmark_operator may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.request_retroscan(ids uuid[], of_recording_id uuid, because text, at timestamp with time zone, thorough boolean DEFAULT false)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
BEGIN ATOMIC
 WITH asked AS (
          INSERT INTO retroscan (retroscan_id, party_id, reference_id, cause, state, is_thorough, requested_at)  SELECT (request_retroscan.ids)[numbered.n] AS ids,
                     r.party_id,
                     r.reference_id,
                     request_retroscan.because AS because,
                     'waiting',
                     request_retroscan.thorough AS thorough,
                     request_retroscan.at AS at
                    FROM (( SELECT l.reference_id,
                             row_number() OVER (ORDER BY l.reference_id) AS n
                            FROM recording_reference l
                           WHERE (l.recording_id = request_retroscan.of_recording_id)) numbered
                      JOIN reference r ON ((r.reference_id = numbered.reference_id)))
                   WHERE ((r.status = 'active'::text) AND (numbered.n <= cardinality(request_retroscan.ids))) ON CONFLICT(reference_id)
           WHERE (state = 'waiting'::text) DO UPDATE SET cause = excluded.cause, is_thorough = (retroscan.is_thorough OR excluded.is_thorough)
           WHERE (excluded.cause = 'request'::text)
           RETURNING retroscan.retroscan_id
         )
  SELECT count(*) AS count
    FROM asked;
END
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.rights_heard(of_recording_ids uuid[], of_scan_id uuid)
 RETURNS SETOF rights_assertion
 LANGUAGE sql
 STABLE SECURITY DEFINER
BEGIN ATOMIC
 SELECT a.rights_assertion_id,
     a.party_id,
     a.recording_id,
     a.registrant_id,
     a.asserted_by,
     a.scan_id,
     a.asserted_right,
     a.share_ppm,
     a.territories_include,
     a.territories_exclude,
     a.valid_from,
     a.valid_to,
     a.basis,
     a.evidence,
     a.content_sha256,
     a.recorded_at,
     a.withdrawn_by,
     a.withdrawn_at
    FROM rights_assertion a
   WHERE (a.recording_id IN ( SELECT id.id
            FROM unnest(rights_heard.of_recording_ids) id(id)
           WHERE hears_rights(id.id, rights_heard.of_scan_id)));
END
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.scanned_fingerprint(of_scan_id uuid, of_recording_id uuid)
 RETURNS TABLE(reference_id uuid, duration_ms integer, constellation bytea, created_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
BEGIN ATOMIC
 SELECT r.reference_id,
     f.duration_ms,
     f.constellation,
     l.created_at
    FROM ((recording_reference l
      JOIN reference r ON ((r.reference_id = l.reference_id)))
      JOIN fingerprint f ON ((f.reference_id = r.reference_id)))
   WHERE ((l.recording_id = scanned_fingerprint.of_recording_id) AND (r.status = 'active'::text) AND is_in_own_scan(scanned_fingerprint.of_scan_id, scanned_fingerprint.of_recording_id));
END
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.scanned_recording(of_scan_id uuid, of_recording_id uuid)
 RETURNS TABLE(recording_id uuid, external_id text, title text, artist text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
BEGIN ATOMIC
 SELECT r.recording_id,
     r.external_id,
     r.title,
     r.artist
    FROM recording r
   WHERE ((r.recording_id = scanned_recording.of_recording_id) AND is_in_own_scan(scanned_recording.of_scan_id, scanned_recording.of_recording_id));
END
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service

CREATE OR REPLACE FUNCTION public.search_words(of_text text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
 SELECT COALESCE(array_agg(DISTINCT "left"(word.word, 40)), '{}'::text[]) AS "coalesce"
    FROM regexp_split_to_table(lower(regexp_replace(NORMALIZE(search_words.of_text, NFKD), '[\u0300-\u036f''\u2019`\u00b4]'::text, ''::text, 'g'::text)), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f\uff00-\uff0f]+'::text) word(word)
   WHERE (word.word <> ''::text);
END

CREATE OR REPLACE FUNCTION public.words_like(asked text, at_most integer)
 RETURNS SETOF text
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  letters integer := char_length(asked);
begin
  if not exists (select from pg_extension where extname = 'pg_trgm') then return; end if;
  perform set_config('pg_trgm.similarity_threshold', greatest(0.3, (letters - 3.2) / (letters + 5))::text, true);
  return query execute
    'select word from (
       select distinct word from search_word where word % $1 and abs(char_length(word) - char_length($1)) <= 2
     ) alike
     order by similarity(word, $1) desc, word limit $2'
    using asked, at_most;
end
$function$
-- earmark_administrator may execute it, owner earmark_service
-- earmark_operator may execute it, owner earmark_service
-- earmark_tenant may execute it, owner earmark_service
