-- Rights assertions, ownership conflicts and decisions. Two times are kept apart: valid_from and valid_to say when in
-- the world something holds, recorded_at and withdrawn_at when the registry believed it. Nothing is overwritten.

-- The bodies of functions are checked as the owner, whom the policies shut out; no row is touched here.
set local row_security = on;

alter table api_key
  drop constraint api_key_scopes_are_known,
  add constraint api_key_scopes_are_known check (
    scopes <@ array[
      'register:recordings', 'read:recordings', 'remove:recordings', 'assert:identifiers', 'assert:rights',
      'read:rights', 'decide:conflicts', 'scan:uploads', 'read:scans', 'read:parties', 'manage:parties', 'manage:keys',
      'read:mandates', 'manage:mandates', 'operate:registry'
    ]
  );

-- "This share of this right is this party's, there and then": several parties may say so, and none is proof.
create table rights_assertion (
  rights_assertion_id uuid not null,
  -- Whose right it is said to be.
  party_id uuid not null,
  recording_id uuid not null,
  -- Who registered the recording. Part of the foreign key, so that it cannot be another's.
  registrant_id uuid not null,
  -- Who says so: the party, or whoever has a mandate of it.
  asserted_by uuid not null,
  -- The scan by which the party knows of the recording, where another party registered it.
  scan_id uuid,
  asserted_right text not null,
  share_ppm integer not null,
  -- ISO 3166-1 alpha-2, or Worldwide.
  territories_include text[] not null,
  territories_exclude text[] not null,
  -- The first day it holds, and the first day it holds no longer; null: since always, for ever.
  valid_from date,
  valid_to date,
  basis text not null,
  -- Where the proof is to be found: never the proof itself.
  evidence text,
  -- Of all that is asserted but for the evidence: so that saying it again does not count twice.
  content_sha256 bytea not null,
  recorded_at timestamptz not null,
  withdrawn_by uuid,
  withdrawn_at timestamptz,
  constraint rights_assertion_pk primary key (rights_assertion_id),
  constraint rights_assertion_by_party foreign key (party_id) references party (party_id),
  constraint rights_assertion_said_by_party foreign key (asserted_by) references party (party_id),
  constraint rights_assertion_withdrawn_by_party foreign key (withdrawn_by) references party (party_id),
  constraint rights_assertion_about_recording foreign key (registrant_id, recording_id)
    references recording (party_id, recording_id) on delete cascade,
  constraint rights_assertion_knows_by_own_scan foreign key (party_id, scan_id) references scan (party_id, scan_id),
  constraint rights_assertion_right_is_known check (
    asserted_right in ('MakeAvailableRight', 'PerformingRight', 'ReproductionRight', 'SynchronizationRight', 'AllRights')
  ),
  constraint rights_assertion_share_is_up_to_the_whole check (share_ppm between 1 and 1000000),
  constraint rights_assertion_territories_are_named check (
    cardinality(territories_include) between 1 and 300 and cardinality(territories_exclude) <= 300
  ),
  constraint rights_assertion_period_in_order check (valid_to > valid_from),
  constraint rights_assertion_basis_is_known check (
    basis in ('OriginalOwner', 'SuccessorInTitle', 'ExclusiveLicensee')
  ),
  constraint rights_assertion_evidence_is_bounded check (char_length(evidence) between 1 and 500),
  constraint rights_assertion_content_is_sha256 check (octet_length(content_sha256) = 32),
  constraint rights_assertion_withdrawal_says_by_whom check ((withdrawn_at is null) = (withdrawn_by is null)),
  constraint rights_assertion_is_withdrawn_after_it_was_made check (withdrawn_at >= recorded_at)
);
create unique index rights_assertion_is_made_once
  on rights_assertion (recording_id, party_id, content_sha256) where withdrawn_at is null;
create index rights_assertion_by_owner on rights_assertion (party_id, recording_id);

-- More than the whole of a right is asserted. It lasts for as long as the same assertions contend.
create table ownership_conflict (
  ownership_conflict_id uuid not null,
  -- Who registered the recording.
  party_id uuid not null,
  recording_id uuid not null,
  -- Of the rights and the ids of the assertions that contend.
  conflict_sha256 bytea not null,
  -- Whose assertions contend. In the row, where a policy finds them without looking into another table.
  side_ids uuid[] not null,
  -- Who is to decide, where an operator has asked somebody to.
  reviewer_id uuid,
  sum_ppm integer not null,
  -- Rights, owners and extents, as api/registry/ownership-conflict-view.ts describes them.
  details jsonb not null,
  opened_at timestamptz not null,
  resolved_at timestamptz,
  -- Superseded: with a further assertion it is another conflict.
  resolution text,
  constraint ownership_conflict_pk primary key (ownership_conflict_id),
  constraint ownership_conflict_of_recording foreign key (party_id, recording_id)
    references recording (party_id, recording_id) on delete cascade,
  constraint ownership_conflict_reviewed_by_party foreign key (reviewer_id) references party (party_id),
  constraint ownership_conflict_is_one_for_its_assertions unique (recording_id, conflict_sha256),
  constraint ownership_conflict_digest_is_sha256 check (octet_length(conflict_sha256) = 32),
  constraint ownership_conflict_is_above_the_whole check (sum_ppm > 1000000),
  constraint ownership_conflict_has_sides check (cardinality(side_ids) between 1 and 100),
  constraint ownership_conflict_reviewer_is_no_side check (not reviewer_id = any (side_ids)),
  constraint ownership_conflict_resolution_is_known check (resolution in ('withdrawal', 'decision', 'superseded')),
  constraint ownership_conflict_resolution_says_when check ((resolved_at is null) = (resolution is null))
);

-- Which assertions stand in some territories and period. A later decision overrules an earlier one.
create table ownership_decision (
  ownership_decision_id uuid not null,
  -- Who registered the recording.
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
  recorded_at timestamptz not null,
  constraint ownership_decision_pk primary key (ownership_decision_id),
  constraint ownership_decision_about_recording foreign key (party_id, recording_id)
    references recording (party_id, recording_id) on delete cascade,
  constraint ownership_decision_on_conflict foreign key (ownership_conflict_id)
    references ownership_conflict (ownership_conflict_id) on delete cascade,
  constraint ownership_decision_by_party foreign key (decided_by) references party (party_id),
  constraint ownership_decision_right_is_known check (
    decided_right in ('MakeAvailableRight', 'PerformingRight', 'ReproductionRight', 'SynchronizationRight', 'AllRights')
  ),
  constraint ownership_decision_territories_are_named check (
    cardinality(territories_include) between 1 and 300 and cardinality(territories_exclude) <= 300
  ),
  constraint ownership_decision_period_in_order check (valid_to > valid_from),
  constraint ownership_decision_sets_something_aside check (cardinality(set_aside) between 1 and 100),
  constraint ownership_decision_upheld_is_bounded check (cardinality(upheld) <= 100),
  constraint ownership_decision_says_why check (char_length(reason) between 1 and 1000)
);
create index ownership_decision_by_recording on ownership_decision (recording_id);

alter table rights_assertion enable row level security, force row level security;
alter table ownership_conflict enable row level security, force row level security;
alter table ownership_decision enable row level security, force row level security;

create function is_operator() returns boolean language sql stable parallel safe
  return current_setting('role') = 'earmark_operator';

-- What the registry does by itself, such as deciding what follows from a match.
create function is_service() returns boolean language sql stable parallel safe
  return current_setting('role') = 'earmark_service';

-- The service: tells the sides of each other, and writes conflicts down, which are nobody's to write.

grant select on rights_assertion, ownership_conflict, ownership_decision to earmark_service;
grant insert on ownership_conflict to earmark_service;
grant update (details, sum_ppm, resolved_at, resolution) on ownership_conflict to earmark_service;
create policy service_finds_conflicts on rights_assertion for select to earmark_service using (true);
create policy service_finds_conflicts on ownership_decision for select to earmark_service using (true);
create policy service_keeps_conflicts on ownership_conflict to earmark_service using (true);

-- Who hears all that is said about the rights in a recording: whoever registered it, whoever asserts something, the
-- sides of a conflict and its reviewer, and whoever has found it in a scan of its own. Not who acts for another: what a
-- mandate opens is for the policies to say. The service hears everything: what follows from a match is its to decide.
create function hears_rights(of_recording_id uuid, of_scan_id uuid) returns boolean
  language sql stable security definer
  return is_operator() or is_service() or effective_party() is null and (
    exists (select from recording r where r.recording_id = of_recording_id and r.party_id = caller_party())
    or exists (
      select from rights_assertion a
      where a.recording_id = of_recording_id and a.party_id = caller_party() and a.withdrawn_at is null
    )
    or exists (
      select from ownership_conflict c
      where c.recording_id = of_recording_id
        and (caller_party() = any (c.side_ids) or c.reviewer_id = caller_party())
    )
    or is_in_own_scan(of_scan_id, of_recording_id)
  );

create function rights_heard(of_recording_ids uuid[], of_scan_id uuid) returns setof rights_assertion
  language sql stable security definer
begin atomic
  select a.* from rights_assertion a
  where a.recording_id in (
    select id from unnest(of_recording_ids) id where hears_rights(id, of_scan_id)
  );
end;

create function decisions_heard(of_recording_ids uuid[], of_scan_id uuid) returns setof ownership_decision
  language sql stable security definer
begin atomic
  select d.* from ownership_decision d
  where d.recording_id in (
    select id from unnest(of_recording_ids) id where hears_rights(id, of_scan_id)
  );
end;

-- What an outcome needs of recordings whose rights the caller hears: who registered them, how long they last, and
-- whether a match may be claimed.
create function recordings_heard(of_recording_ids uuid[], of_scan_id uuid)
  returns table (recording_id uuid, registrant_id uuid, duration_ms integer, is_claim_eligible boolean)
  language sql stable security definer
begin atomic
  select r.recording_id, r.party_id,
    (
      select max(f.duration_ms) from recording_reference l join fingerprint f on f.reference_id = l.reference_id
      where l.recording_id = r.recording_id
    ),
    exists (
      select from recording_reference l join reference e on e.reference_id = l.reference_id
      where l.recording_id = r.recording_id and e.eligibility = 'claim_eligible'
    )
  from recording r
  where r.recording_id = any (of_recording_ids) and hears_rights(r.recording_id, of_scan_id);
end;

-- A tenant: its own, and what is said about its recordings.

grant select on rights_assertion, ownership_conflict, ownership_decision
  to earmark_tenant, earmark_administrator, earmark_operator;
grant insert on rights_assertion to earmark_tenant, earmark_administrator, earmark_operator;
grant insert on ownership_decision to earmark_tenant, earmark_operator;
grant update (withdrawn_by, withdrawn_at) on rights_assertion
  to earmark_tenant, earmark_administrator, earmark_operator;
grant update (reviewer_id) on ownership_conflict to earmark_operator;

create policy rights_of_own_and_in_own_recordings on rights_assertion to earmark_tenant
  using (party_id = caller_party() or registrant_id = caller_party());
create policy conflicts_of_own_and_to_review on ownership_conflict for select to earmark_tenant
  using (party_id = caller_party() or caller_party() = any (side_ids) or reviewer_id = caller_party());
create policy decisions_about_own_and_own_ones on ownership_decision to earmark_tenant
  using (party_id = caller_party() or decided_by = caller_party());

create policy rights_within_mandate on rights_assertion to earmark_administrator
  using (
    exists (select from recording r where r.recording_id = rights_assertion.recording_id)
  );
create policy conflicts_within_mandate on ownership_conflict for select to earmark_administrator
  using (
    party_id = effective_party()
    and exists (select from recording r where r.recording_id = ownership_conflict.recording_id)
  );
create policy decisions_within_mandate on ownership_decision for select to earmark_administrator
  using (
    party_id = effective_party()
    and exists (select from recording r where r.recording_id = ownership_decision.recording_id)
  );

-- Of a recording that another party registered only who has heard of it: nobody claims by guessing ids.
create policy rights_are_asserted_in_own_name on rights_assertion as restrictive for insert
  to earmark_tenant, earmark_administrator
  with check (
    asserted_by = caller_party() and party_id = coalesce(effective_party(), caller_party())
    and caller_has('assert:rights')
    and (registrant_id = party_id or hears_rights(recording_id, scan_id))
  );
create policy rights_are_withdrawn_by_who_asserted_them on rights_assertion as restrictive for update
  to earmark_tenant, earmark_administrator
  using (
    (asserted_by = caller_party() or party_id = coalesce(effective_party(), caller_party()))
    and caller_has('assert:rights')
  )
  with check (withdrawn_by = caller_party());
create policy conflicts_are_decided_by_their_reviewer on ownership_decision as restrictive for insert
  to earmark_tenant
  with check (
    decided_by = caller_party() and caller_has('decide:conflicts')
    and exists (
      select from ownership_conflict c
      where c.ownership_conflict_id = ownership_decision.ownership_conflict_id
        and c.recording_id = ownership_decision.recording_id and c.reviewer_id = caller_party()
    )
  );

create policy operator_reaches_all on rights_assertion to earmark_operator using (true);
create policy operator_reaches_all on ownership_conflict to earmark_operator using (true);
create policy operator_reaches_all on ownership_decision to earmark_operator using (true);

revoke execute on function
  hears_rights(uuid, uuid),
  rights_heard(uuid[], uuid),
  decisions_heard(uuid[], uuid),
  recordings_heard(uuid[], uuid)
  from public;
grant execute on function
  hears_rights(uuid, uuid),
  rights_heard(uuid[], uuid),
  decisions_heard(uuid[], uuid),
  recordings_heard(uuid[], uuid)
  to earmark_tenant, earmark_administrator, earmark_operator;

-- To own a function of a schema a role must be allowed to make one there: for as long as this takes.
do $$
begin
  execute format('grant create on schema %I to earmark_service', current_schema());
end
$$;
alter function hears_rights(uuid, uuid) owner to earmark_service;
alter function rights_heard(uuid[], uuid) owner to earmark_service;
alter function decisions_heard(uuid[], uuid) owner to earmark_service;
alter function recordings_heard(uuid[], uuid) owner to earmark_service;
do $$
begin
  execute format('revoke create on schema %I from earmark_service', current_schema());
end
$$;

set local row_security = off;
