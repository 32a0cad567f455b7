-- Policies: versions that never change, which of them is active, and where a policy applies. Nothing is overwritten, so
-- that what was in force at any instant can be told.

-- The bodies of functions are checked as the owner, whom the policies shut out; no row is touched here.
set local row_security = on;

alter table api_key
  drop constraint api_key_scopes_are_known,
  add constraint api_key_scopes_are_known check (
    scopes <@ array[
      'register:recordings', 'read:recordings', 'remove:recordings', 'assert:identifiers', 'assert:rights',
      'read:rights', 'decide:conflicts', 'read:policies', 'manage:policies', 'read:outcomes', 'scan:uploads',
      'read:scans', 'read:parties', 'manage:parties', 'manage:keys', 'read:mandates', 'manage:mandates',
      'operate:registry'
    ]
  );

create table policy (
  policy_id uuid not null,
  party_id uuid not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  constraint policy_pk primary key (policy_id),
  constraint policy_of_party foreign key (party_id) references party (party_id),
  constraint policy_created_by_party foreign key (created_by) references party (party_id),
  -- Also the index that a party's listing walks.
  constraint policy_is_found_by_party unique (party_id, policy_id)
);

create table policy_version (
  policy_id uuid not null,
  version integer not null,
  party_id uuid not null,
  -- As api/rules/policy-document.ts describes it.
  document jsonb not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  constraint policy_version_pk primary key (policy_id, version),
  constraint policy_version_of_policy foreign key (party_id, policy_id) references policy (party_id, policy_id),
  constraint policy_version_created_by_party foreign key (created_by) references party (party_id),
  constraint policy_version_is_counted_from_one check (version between 1 and 1000)
);

-- Of several the last one counts.
create table policy_activation (
  policy_activation_id uuid not null,
  policy_id uuid not null,
  version integer not null,
  party_id uuid not null,
  activated_by uuid not null,
  activated_at timestamptz not null,
  constraint policy_activation_pk primary key (policy_activation_id),
  constraint policy_activation_of_version foreign key (policy_id, version)
    references policy_version (policy_id, version),
  constraint policy_activation_of_policy foreign key (party_id, policy_id) references policy (party_id, policy_id),
  constraint policy_activation_by_party foreign key (activated_by) references party (party_id)
);
create index policy_activation_by_policy on policy_activation (policy_id, activated_at);

-- Where a policy applies: as its party's default, or for one recording instead of it.
create table policy_assignment (
  policy_assignment_id uuid not null,
  party_id uuid not null,
  policy_id uuid not null,
  -- Null: the default.
  recording_id uuid,
  assigned_by uuid not null,
  in_force_from timestamptz not null,
  ended_by uuid,
  in_force_to timestamptz,
  constraint policy_assignment_pk primary key (policy_assignment_id),
  constraint policy_assignment_of_policy foreign key (party_id, policy_id) references policy (party_id, policy_id),
  constraint policy_assignment_to_recording foreign key (recording_id)
    references recording (recording_id) on delete cascade,
  constraint policy_assignment_by_party foreign key (assigned_by) references party (party_id),
  constraint policy_assignment_ended_by_party foreign key (ended_by) references party (party_id),
  constraint policy_assignment_end_says_by_whom check ((in_force_to is null) = (ended_by is null)),
  constraint policy_assignment_ends_after_it_began check (in_force_to >= in_force_from)
);
create unique index policy_assignment_is_one_default on policy_assignment (party_id)
  where recording_id is null and in_force_to is null;
create unique index policy_assignment_is_one_override on policy_assignment (party_id, recording_id)
  where recording_id is not null and in_force_to is null;
create index policy_assignment_by_recording on policy_assignment (recording_id) where recording_id is not null;

alter table policy enable row level security, force row level security;
alter table policy_version enable row level security, force row level security;
alter table policy_activation enable row level security, force row level security;
alter table policy_assignment enable row level security, force row level security;

grant select on policy, policy_version, policy_activation, policy_assignment
  to earmark_tenant, earmark_operator, earmark_service;
grant insert on policy, policy_version, policy_activation, policy_assignment to earmark_tenant, earmark_operator;
grant update (ended_by, in_force_to) on policy_assignment to earmark_tenant, earmark_operator;

create policy own_policies on policy to earmark_tenant using (party_id = caller_party());
create policy own_versions on policy_version to earmark_tenant using (party_id = caller_party());
create policy own_activations on policy_activation to earmark_tenant using (party_id = caller_party());
create policy own_assignments on policy_assignment to earmark_tenant using (party_id = caller_party());

create policy policy_is_made_by_scope on policy as restrictive for insert to earmark_tenant
  with check (created_by = caller_party() and caller_has('manage:policies'));
create policy version_is_made_by_scope on policy_version as restrictive for insert to earmark_tenant
  with check (created_by = caller_party() and caller_has('manage:policies'));
create policy version_is_activated_by_scope on policy_activation as restrictive for insert to earmark_tenant
  with check (activated_by = caller_party() and caller_has('manage:policies'));
create policy policy_is_assigned_by_scope on policy_assignment as restrictive for insert to earmark_tenant
  with check (
    assigned_by = caller_party() and caller_has('manage:policies')
    and (recording_id is null or hears_rights(recording_id, null))
  );
create policy assignment_is_ended_by_scope on policy_assignment as restrictive for update to earmark_tenant
  using (caller_has('manage:policies'))
  with check (ended_by = caller_party());

create policy operator_reaches_all on policy to earmark_operator using (true);
create policy operator_reaches_all on policy_version to earmark_operator using (true);
create policy operator_reaches_all on policy_activation to earmark_operator using (true);
create policy operator_reaches_all on policy_assignment to earmark_operator using (true);

create policy service_decides_matches on policy for select to earmark_service using (true);
create policy service_decides_matches on policy_version for select to earmark_service using (true);
create policy service_decides_matches on policy_activation for select to earmark_service using (true);
create policy service_decides_matches on policy_assignment for select to earmark_service using (true);

-- What is in force for recordings whose rights the caller hears: defaults and overrides of whoever asserts something
-- about them. A co-owner or a platform learns by it why an outcome is what it is.
create function policies_heard(of_recording_ids uuid[], of_scan_id uuid)
  returns table (
    party_id uuid, recording_id uuid, policy_id uuid, version integer, document jsonb, in_force_from timestamptz
  )
  language sql stable security definer
begin atomic
  with heard as materialized (
    select id from unnest(of_recording_ids) id where hears_rights(id, of_scan_id)
  )
  select s.party_id, s.recording_id, v.policy_id, v.version, v.document, greatest(s.in_force_from, active.activated_at)
  from policy_assignment s
  cross join lateral (
    select a.version, a.activated_at from policy_activation a
    where a.policy_id = s.policy_id
    order by a.activated_at desc, a.policy_activation_id desc
    limit 1
  ) active
  join policy_version v on v.policy_id = s.policy_id and v.version = active.version
  where s.in_force_to is null
    and (s.recording_id is null or s.recording_id in (select id from heard))
    and s.party_id in (
      select a.party_id from rights_assertion a
      where a.recording_id in (select id from heard) and a.withdrawn_at is null
    );
end;

-- Scans before one, newest first, each with what it found of a party's recordings: what a policy is simulated over.
-- Whose the scans are is not told.
create function past_scan(of_party_id uuid, before_scan_id uuid, scan_limit bigint)
  returns table (scan_id uuid, is_own boolean, duration_ms integer, created_at timestamptz, matches jsonb)
  language sql stable security definer
begin atomic
  with own as materialized (
    select r.recording_id::text as recording_id from recording r where r.party_id = of_party_id
    union
    select a.recording_id::text from rights_assertion a where a.party_id = of_party_id and a.withdrawn_at is null
  )
  select s.scan_id, s.party_id = of_party_id, s.duration_ms, s.created_at, (
      select jsonb_agg(jsonb_build_object('recording_id', m -> 'recording_id', 'segments', m -> 'segments'))
      from jsonb_array_elements(s.answer -> 'matches') m
      where m ->> 'recording_id' in (select own.recording_id from own)
    )
  from scan s
  where (before_scan_id is null or s.scan_id < before_scan_id)
    and (of_party_id = caller_party() or is_operator())
  order by s.scan_id desc
  limit scan_limit;
end;

revoke execute on function policies_heard(uuid[], uuid), past_scan(uuid, uuid, bigint) from public;
grant execute on function policies_heard(uuid[], uuid), past_scan(uuid, uuid, bigint)
  to earmark_tenant, earmark_operator;

-- To own a function of a schema a role must be allowed to make one there: for as long as this takes.
do $$
begin
  execute format('grant create on schema %I to earmark_service', current_schema());
end
$$;
alter function policies_heard(uuid[], uuid) owner to earmark_service;
alter function past_scan(uuid, uuid, bigint) owner to earmark_service;
do $$
begin
  execute format('revoke create on schema %I from earmark_service', current_schema());
end
$$;

set local row_security = off;
