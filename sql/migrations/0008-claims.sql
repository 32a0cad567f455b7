-- Submissions, the matches found in them, claims and disputes with their histories, spans of references that must not
-- match, and accounts that a rights-holder does not claim from.
--
-- Whose a row is stands in it: party_id is whose it is (the claimant of a claim), reporter_id who reported the upload. Both
-- see a claim and its disputes. What a claimant has to know of the upload is kept with the claim, so that no policy looks
-- into another table.

create table submission (
  submission_id uuid not null,
  -- Who reported it.
  party_id uuid not null,
  platform text not null,
  -- The platform's id for the upload; its url where it was reported by that alone.
  external_id text not null,
  url text,
  account text,
  title text,
  content_type text,
  audio_sha256 bytea not null,
  scan_id uuid not null,
  created_at timestamptz not null default now(),
  constraint submission_pk primary key (submission_id),
  constraint submission_is_reported_once unique (party_id, platform, external_id),
  constraint submission_is_found_by_party unique (party_id, submission_id),
  constraint submission_of_party foreign key (party_id) references party (party_id),
  constraint submission_of_scan foreign key (party_id, scan_id) references scan (party_id, scan_id),
  constraint submission_text_is_bounded check (
    char_length(platform) between 1 and 100 and char_length(external_id) between 1 and 2000
    and char_length(url) between 1 and 2000 and char_length(account) between 1 and 200
    and char_length(title) between 1 and 500
  ),
  constraint submission_content_type_is_known check (content_type in ('audio', 'video', 'short_video', 'live_stream')),
  constraint submission_audio_is_sha256 check (octet_length(audio_sha256) = 32)
);

-- A recording found in a submission, claimed or not. It outlives the recording.
create table submission_match (
  submission_match_id uuid not null,
  party_id uuid not null,
  submission_id uuid not null,
  recording_id uuid not null,
  reference_id uuid not null,
  recording jsonb not null,
  segments jsonb not null,
  facts jsonb not null,
  -- By territory, as it was when the match was made.
  outcomes jsonb not null,
  unclaimed jsonb not null,
  created_at timestamptz not null default now(),
  constraint submission_match_pk primary key (submission_match_id),
  constraint submission_match_is_made_once unique (submission_id, recording_id),
  constraint submission_match_of_submission foreign key (party_id, submission_id)
    references submission (party_id, submission_id)
);

create table claim (
  claim_id uuid not null,
  -- The claimant.
  party_id uuid not null,
  reporter_id uuid not null,
  submission_id uuid not null,
  recording_id uuid not null,
  reference_id uuid not null,
  -- Whose reference matched: who may exclude a span of it.
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
  -- What a wrong decision would cost, in the order of the review queue.
  stake bigint not null,
  -- What the history gives, kept to be looked for.
  state text not null,
  entered_at timestamptz not null,
  deadline_at timestamptz,
  -- Entries of the history.
  version integer not null,
  -- Which API key is looking at it, and until when no other may.
  leased_by uuid,
  leased_until timestamptz,
  constraint claim_pk primary key (claim_id),
  constraint claim_is_raised_once unique (submission_id, recording_id, party_id, raised_as),
  constraint claim_is_found_by_party unique (party_id, claim_id),
  constraint claim_of_party foreign key (party_id) references party (party_id),
  constraint claim_of_submission foreign key (reporter_id, submission_id) references submission (party_id, submission_id),
  constraint claim_is_raised_active_or_potential check (raised_as in ('active', 'potential')),
  constraint claim_action_is_known check (action in ('track', 'monetize', 'block', 'takedown')),
  constraint claim_state_is_known check (
    state in ('potential', 'active', 'disputed', 'appealed', 'released', 'taken_down', 'expired')
  ),
  constraint claim_deadline_is_where_one_is_waited_for check (
    (deadline_at is not null) = (state in ('potential', 'disputed', 'appealed'))
  ),
  constraint claim_version_counts_from_one check (version > 0),
  constraint claim_lease_has_an_end check ((leased_by is null) = (leased_until is null))
);
create index claim_by_party on claim (party_id, claim_id);
create index claim_by_reporter on claim (reporter_id, claim_id);
create index claim_by_submission on claim (submission_id);
create index claim_by_stake on claim (stake desc, claim_id) where state = 'potential';
create index claim_by_deadline on claim (deadline_at) where deadline_at is not null;

-- Appended to, never changed: a history alone gives the state, deadlines included.
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
  at timestamptz not null,
  deadline_at timestamptz,
  constraint claim_event_pk primary key (claim_id, entry_number),
  constraint claim_event_of_claim foreign key (party_id, claim_id) references claim (party_id, claim_id),
  constraint claim_event_counts_from_one check (entry_number > 0),
  constraint claim_event_opens_where_it_is_first check ((entry_number = 1) = (from_state is null)),
  constraint claim_event_says_who check ((actor_role = 'system') = (actor_party_id is null)),
  constraint claim_event_has_a_reason check (char_length(reason) between 1 and 1000)
);

create table dispute (
  dispute_id uuid not null,
  claim_id uuid not null,
  -- The claimant; the other side is the reporter, on behalf of the account that uploaded.
  party_id uuid not null,
  reporter_id uuid not null,
  dispute_reason text not null,
  state text not null,
  entered_at timestamptz not null,
  deadline_at timestamptz,
  version integer not null,
  constraint dispute_pk primary key (dispute_id),
  constraint dispute_is_found_by_party unique (party_id, dispute_id),
  constraint dispute_of_claim foreign key (party_id, claim_id) references claim (party_id, claim_id),
  constraint dispute_reason_is_known check (
    dispute_reason in (
      'misidentified', 'fair_use_or_exception', 'authorised', 'original_content', 'public_domain', 'not_the_owner'
    )
  ),
  constraint dispute_state_is_known check (
    state in ('open', 'rejected', 'appealed', 'upheld', 'overruled', 'lapsed', 'withdrawn')
  ),
  constraint dispute_deadline_is_where_one_is_waited_for check (
    (deadline_at is not null) = (state in ('open', 'appealed'))
  ),
  constraint dispute_version_counts_from_one check (version > 0)
);
create unique index dispute_is_the_only_one_of_its_claim on dispute (claim_id) where state in ('open', 'rejected', 'appealed');
create index dispute_by_claim on dispute (claim_id, dispute_id);
create index dispute_by_party on dispute (party_id, dispute_id);
create index dispute_by_reporter on dispute (reporter_id, dispute_id);

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
  at timestamptz not null,
  deadline_at timestamptz,
  constraint dispute_event_pk primary key (dispute_id, entry_number),
  constraint dispute_event_of_dispute foreign key (party_id, dispute_id) references dispute (party_id, dispute_id),
  constraint dispute_event_counts_from_one check (entry_number > 0),
  constraint dispute_event_opens_where_it_is_first check ((entry_number = 1) = (from_state is null)),
  constraint dispute_event_says_who check ((actor_role = 'system') = (actor_party_id is null)),
  constraint dispute_event_has_a_reason check (char_length(reason) between 1 and 1000)
);

-- A span of a reference that must not match: what lies in it is taken out of every match before anybody hears of it.
create table excluded_interval (
  excluded_interval_id uuid not null,
  party_id uuid not null,
  reference_id uuid not null,
  start_ms integer not null,
  end_ms integer not null,
  -- The claim by whose release it was found.
  claim_id uuid not null,
  reason text not null,
  excluded_by uuid not null,
  created_at timestamptz not null default now(),
  constraint excluded_interval_pk primary key (excluded_interval_id),
  constraint excluded_interval_of_reference foreign key (party_id, reference_id)
    references reference (party_id, reference_id) on delete cascade,
  constraint excluded_interval_by_party foreign key (excluded_by) references party (party_id),
  constraint excluded_interval_begins_before_it_ends check (start_ms >= 0 and start_ms < end_ms),
  constraint excluded_interval_has_a_reason check (char_length(reason) between 1 and 1000)
);
create index excluded_interval_by_reference on excluded_interval (reference_id);

-- An account from which a party does not claim: its whole catalog, or one label of it.
create table allowlist_entry (
  allowlist_entry_id uuid not null,
  party_id uuid not null,
  platform text not null,
  account text not null,
  label text,
  note text,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  constraint allowlist_entry_pk primary key (allowlist_entry_id),
  constraint allowlist_entry_of_party foreign key (party_id) references party (party_id),
  constraint allowlist_entry_by_party foreign key (created_by) references party (party_id),
  constraint allowlist_entry_text_is_bounded check (
    char_length(platform) between 1 and 100 and char_length(account) between 1 and 200
    and char_length(label) between 1 and 500 and char_length(note) between 1 and 500
  )
);
-- A label is never empty: the whole catalog and a label are told apart.
create unique index allowlist_entry_is_made_once
  on allowlist_entry (party_id, platform, account, coalesce(label, ''));
create index allowlist_entry_by_account on allowlist_entry (platform, account);

alter table change_feed
  drop constraint change_feed_kind_is_known,
  add constraint change_feed_kind_is_known check (kind in ('register', 'delete', 'exclude'));

alter table api_key
  drop constraint api_key_scopes_are_known,
  add constraint api_key_scopes_are_known check (
    scopes <@ array[
      'register:recordings', 'read:recordings', 'remove:recordings', 'assert:identifiers', 'assert:rights',
      'read:rights', 'decide:conflicts', 'read:policies', 'manage:policies', 'read:outcomes', 'scan:uploads',
      'read:scans', 'submit:uploads', 'read:submissions', 'read:claims', 'manage:claims', 'review:claims',
      'dispute:claims', 'manage:allowlist', 'read:webhooks', 'manage:webhooks', 'read:parties', 'manage:parties',
      'manage:keys', 'read:mandates', 'manage:mandates', 'operate:registry'
    ]
  );
