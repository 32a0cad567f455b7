-- Whose rows a statement reaches. Statements for requests run under earmark_tenant, earmark_administrator or
-- earmark_operator, the service's own under earmark_service (api/store/session.ts); api/store/roles.ts makes these roles.
-- Row-level security is forced, and the owner of the tables has no policy: a statement that runs under no role finds
-- nothing.
--
-- What a tenant may reach is said twice over: one permissive policy for each table says whose rows, restrictive ones
-- say by which scope of the key they are written. Who asks comes from settings of the transaction. An administrator that
-- acts for another party has a role of its own, because policies with mandates in them cost every statement the time to
-- plan them: 1.5 ms to show a recording, used or not.

-- The bodies of functions are checked as the owner, whom the policies shut out; no row is touched here.
set local row_security = on;

do $$
begin
  execute format(
    'grant usage on schema %I to earmark_tenant, earmark_administrator, earmark_operator, earmark_service',
    current_schema()
  );
end
$$;

-- Who asks; null without a session. Not wrapped in a subquery where policies call it: inlined, the planner knows the
-- value and how many rows it stands for.
create function caller_party() returns uuid language sql stable parallel safe
  return nullif(current_setting('earmark.party_id', true), '')::uuid;

-- The party that an administrator acts for.
create function effective_party() returns uuid language sql stable parallel safe
  return nullif(current_setting('earmark.on_behalf_of', true), '')::uuid;

create function caller_has(scope text) returns boolean language sql stable parallel safe
  return coalesce(scope = any (string_to_array(current_setting('earmark.scopes', true), ' ')), false);

alter table party enable row level security, force row level security;
alter table party_role enable row level security, force row level security;
alter table api_key enable row level security, force row level security;
alter table mandate enable row level security, force row level security;
alter table recording enable row level security, force row level security;
alter table identifier_assertion enable row level security, force row level security;
alter table reference enable row level security, force row level security;
alter table recording_reference enable row level security, force row level security;
alter table fingerprint enable row level security, force row level security;
alter table scan enable row level security, force row level security;
alter table scan_fingerprint enable row level security, force row level security;
alter table idempotency_key enable row level security, force row level security;

-- A tenant: its own.

grant select on party, party_role, api_key, mandate, recording, identifier_assertion, reference, recording_reference,
  fingerprint, scan, scan_fingerprint, idempotency_key, feed_head to earmark_tenant;
grant insert on api_key, mandate, recording, identifier_assertion, reference, recording_reference, fingerprint, scan,
  scan_fingerprint, idempotency_key to earmark_tenant;
grant delete on recording, recording_reference, reference to earmark_tenant;
grant update (title, artist, label, release_date, version, updated_at) on recording to earmark_tenant;
-- Also what locking a row asks for.
grant update (status, status_reason) on reference to earmark_tenant;
grant update (withdrawn_by, withdrawn_at) on identifier_assertion to earmark_tenant;
grant update (request_digest, response, created_at) on idempotency_key to earmark_tenant;
grant update (revoked_by, revoked_at) on mandate to earmark_tenant;
grant update (secret_sha256, rotated_at, previous_secret_sha256, previous_secret_until, revoked_at)
  on api_key to earmark_tenant;

create policy own_party on party to earmark_tenant using (party_id = caller_party());
create policy own_roles on party_role to earmark_tenant using (party_id = caller_party());
create policy own_keys on api_key to earmark_tenant using (party_id = caller_party());
create policy own_mandates_of_either_side on mandate to earmark_tenant
  using (party_id = caller_party() or administrator_id = caller_party());
create policy own_recordings on recording to earmark_tenant using (party_id = caller_party());
create policy assertions_about_own_recordings on identifier_assertion to earmark_tenant
  using (party_id = caller_party());
create policy own_references on reference to earmark_tenant using (party_id = caller_party());
create policy own_links on recording_reference to earmark_tenant using (party_id = caller_party());
create policy own_fingerprints on fingerprint to earmark_tenant using (party_id = caller_party());
create policy own_scans on scan to earmark_tenant using (party_id = caller_party());
create policy own_scan_fingerprints on scan_fingerprint to earmark_tenant using (party_id = caller_party());
create policy own_idempotency_keys on idempotency_key to earmark_tenant using (party_id = caller_party());

-- An administrator that acts for another party: registers, reads and asserts, within a mandate in force.

grant select on party, mandate, recording, identifier_assertion, reference, recording_reference, fingerprint,
  idempotency_key, feed_head to earmark_administrator;
grant insert on recording, identifier_assertion, reference, recording_reference, fingerprint, idempotency_key
  to earmark_administrator;
grant update (title, artist, label, release_date, version, updated_at) on recording to earmark_administrator;
grant update (status, status_reason) on reference to earmark_administrator;
grant update (withdrawn_by, withdrawn_at) on identifier_assertion to earmark_administrator;
grant update (request_digest, response, created_at) on idempotency_key to earmark_administrator;

create policy mandates_in_force on mandate for select to earmark_administrator
  using (
    party_id = effective_party() and administrator_id = caller_party()
    and revoked_at is null and valid_from <= now() and (valid_until is null or now() < valid_until)
  );
-- For any part of a catalog.
create function may_act() returns boolean language sql stable parallel safe
  return exists (
    select from mandate m
    where m.party_id = effective_party() and m.administrator_id = caller_party()
  );

create policy party_acted_for on party for select to earmark_administrator
  using (party_id = effective_party() and (select may_act()));
create policy recordings_within_mandate on recording to earmark_administrator
  using (
    party_id = effective_party() and exists (
      select from mandate m
      where m.party_id = recording.party_id
        and case m.catalog
          when 'all' then true
          when 'label' then recording.label = any (m.labels)
          else recording.recording_id = any (m.recording_ids) or recording.external_id = any (m.external_ids)
        end
    )
  );
create policy assertions_within_mandate on identifier_assertion to earmark_administrator
  using (
    party_id = effective_party()
    and exists (select from recording r where r.recording_id = identifier_assertion.recording_id)
  );
create policy links_within_mandate on recording_reference to earmark_administrator
  using (
    party_id = effective_party()
    and exists (select from recording r where r.recording_id = recording_reference.recording_id)
  );
-- One reference may stand for several recordings of its party. So whoever acts for the party by any mandate reaches
-- its references, which say nothing of their recordings; what they sound like stays with the recordings.
create policy references_of_party_acted_for on reference to earmark_administrator
  using (party_id = effective_party() and (select may_act()));
create policy fingerprints_within_mandate on fingerprint to earmark_administrator
  using (
    party_id = effective_party()
    and exists (select from recording_reference l where l.reference_id = fingerprint.reference_id)
  );
create policy own_idempotency_keys_of_administrator on idempotency_key to earmark_administrator
  using (party_id = caller_party());

-- Which scope of the key writes what.

create policy mandate_is_made_by_its_party on mandate as restrictive for insert to earmark_tenant
  with check (party_id = caller_party() and created_by = caller_party() and caller_has('manage:mandates'));
create policy mandate_is_revoked_by_scope on mandate as restrictive for update to earmark_tenant
  using (caller_has('manage:mandates'))
  with check (revoked_by = caller_party());
create policy api_key_is_made_by_scope on api_key as restrictive for insert to earmark_tenant
  with check (caller_has('manage:keys'));
create policy api_key_is_changed_by_scope on api_key as restrictive for update to earmark_tenant
  using (caller_has('manage:keys'));
create policy recording_is_made_by_scope on recording as restrictive for insert
  to earmark_tenant, earmark_administrator
  with check (caller_has('register:recordings'));
-- Locking a row before it is removed counts as an update.
create policy recording_is_changed_by_scope on recording as restrictive for update
  to earmark_tenant, earmark_administrator
  using (caller_has('register:recordings') or caller_has('remove:recordings'));
create policy recording_is_removed_by_scope on recording as restrictive for delete to earmark_tenant
  using (caller_has('remove:recordings'));
create policy assertion_is_made_in_own_name on identifier_assertion as restrictive for insert
  to earmark_tenant, earmark_administrator
  with check (
    asserted_by = caller_party() and on_behalf_of is not distinct from effective_party()
    and (caller_has('assert:identifiers') or caller_has('register:recordings'))
  );
create policy assertion_is_withdrawn_by_who_made_it on identifier_assertion as restrictive for update
  to earmark_tenant, earmark_administrator
  using (
    (asserted_by = caller_party() or on_behalf_of = caller_party()) and caller_has('assert:identifiers')
  )
  with check (withdrawn_by = caller_party());
create policy reference_is_made_by_scope on reference as restrictive for insert
  to earmark_tenant, earmark_administrator
  with check (caller_has('register:recordings'));
create policy reference_is_changed_by_scope on reference as restrictive for update
  to earmark_tenant, earmark_administrator
  using (caller_has('register:recordings') or caller_has('remove:recordings'));
create policy reference_is_removed_by_scope on reference as restrictive for delete to earmark_tenant
  using (caller_has('remove:recordings'));
create policy link_is_made_by_scope on recording_reference as restrictive for insert
  to earmark_tenant, earmark_administrator
  with check (caller_has('register:recordings'));
create policy link_is_removed_by_scope on recording_reference as restrictive for delete to earmark_tenant
  using (caller_has('remove:recordings'));
create policy fingerprint_is_made_by_scope on fingerprint as restrictive for insert
  to earmark_tenant, earmark_administrator
  with check (caller_has('register:recordings'));
create policy scan_is_made_by_scope on scan as restrictive for insert to earmark_tenant
  with check (caller_has('scan:uploads'));
create policy scan_fingerprint_is_made_by_scope on scan_fingerprint as restrictive for insert to earmark_tenant
  with check (caller_has('scan:uploads'));

-- An operator: everything, for every party.

grant select, insert on party, api_key, mandate, recording, identifier_assertion, reference, recording_reference,
  fingerprint, scan, scan_fingerprint, idempotency_key to earmark_operator;
grant select, insert, delete on party_role to earmark_operator;
grant select on feed_head to earmark_operator;
grant delete on recording, recording_reference, reference to earmark_operator;
grant update (name) on party to earmark_operator;
grant update (title, artist, label, release_date, version, updated_at) on recording to earmark_operator;
grant update (status, status_reason) on reference to earmark_operator;
grant update (withdrawn_by, withdrawn_at) on identifier_assertion to earmark_operator;
grant update (request_digest, response, created_at) on idempotency_key to earmark_operator;
grant update (revoked_by, revoked_at) on mandate to earmark_operator;
grant update (secret_sha256, rotated_at, previous_secret_sha256, previous_secret_until, revoked_at)
  on api_key to earmark_operator;

create policy operator_reaches_all on party to earmark_operator using (true);
create policy operator_reaches_all on party_role to earmark_operator using (true);
create policy operator_reaches_all on api_key to earmark_operator using (true);
create policy operator_reaches_all on mandate to earmark_operator using (true);
create policy operator_reaches_all on recording to earmark_operator using (true);
create policy operator_reaches_all on identifier_assertion to earmark_operator using (true);
create policy operator_reaches_all on reference to earmark_operator using (true);
create policy operator_reaches_all on recording_reference to earmark_operator using (true);
create policy operator_reaches_all on fingerprint to earmark_operator using (true);
create policy operator_reaches_all on scan to earmark_operator using (true);
create policy operator_reaches_all on scan_fingerprint to earmark_operator using (true);
create policy operator_reaches_all on idempotency_key to earmark_operator using (true);

-- The service itself: lets callers in, follows the feed, forgets what is over its time, and owns the functions below.

grant select on party, party_role, api_key, recording, identifier_assertion, reference, recording_reference,
  fingerprint, scan, idempotency_key, scan_fingerprint, change_feed, feed_head to earmark_service;
grant update (last_used_at) on api_key to earmark_service;
grant update (position) on feed_head to earmark_service;
grant insert on change_feed to earmark_service;
-- Rows that are deleted are locked first, and a lock asks for a column that may be updated.
grant delete, update (created_at) on idempotency_key, scan_fingerprint to earmark_service;

create policy service_names_parties on party for select to earmark_service using (true);
create policy service_reads_roles on party_role for select to earmark_service using (true);
create policy service_lets_callers_in on api_key for select to earmark_service using (true);
create policy service_notes_uses on api_key for update to earmark_service using (true);
create policy service_describes_matches on recording for select to earmark_service using (true);
create policy service_describes_matches on identifier_assertion for select to earmark_service using (true);
create policy service_follows_the_feed on reference for select to earmark_service using (true);
create policy service_follows_the_feed on recording_reference for select to earmark_service using (true);
create policy service_follows_the_feed on fingerprint for select to earmark_service using (true);
create policy service_explains_matches on scan for select to earmark_service using (true);
create policy service_forgets on idempotency_key to earmark_service using (true);
create policy service_forgets on scan_fingerprint to earmark_service using (true);

-- What a tenant learns of others', each by a function that answers this and no more. They run as earmark_service.

create function party_name(of_party_id uuid) returns text language sql stable security definer
  return (select p.name from party p where p.party_id = of_party_id);

create function party_has_role(of_party_id uuid, asked_role text) returns boolean
  language sql stable security definer
  return exists (select from party_role r where r.party_id = of_party_id and r.role = asked_role);

-- The recordings that references stand for, whoever registered them: what a scan answers.
create function matched_recording(reference_ids uuid[])
  returns table (
    reference_id uuid, recording_id uuid, party_id uuid, external_id text, title text, artist text, label text,
    release_date text, version text, isrcs text[]
  )
  language sql stable security definer
begin atomic
  select l.reference_id, r.recording_id, r.party_id, r.external_id, r.title, r.artist, r.label, r.release_date,
    r.version,
    array(
      select a.value from identifier_assertion a
      where a.recording_id = r.recording_id and a.scheme = 'isrc' and a.withdrawn_at is null
      group by a.value
      order by min(a.asserted_at), a.value
    )
  from recording_reference l
  join recording r on r.recording_id = l.recording_id
  where l.reference_id = any (reference_ids);
end;

-- Whether a scan of the caller's named a recording.
create function is_in_own_scan(of_scan_id uuid, of_recording_id uuid) returns boolean
  language sql stable security definer
  return exists (
    select from scan s
    where s.scan_id = of_scan_id and s.party_id = caller_party()
      and s.answer @> jsonb_build_object(
        'matches', jsonb_build_array(jsonb_build_object('recording_id', of_recording_id))
      )
  );

-- A recording that a scan of the caller's named, and what it is matched by: for the explanation of that scan.
create function scanned_recording(of_scan_id uuid, of_recording_id uuid)
  returns table (recording_id uuid, external_id text, title text, artist text)
  language sql stable security definer
begin atomic
  select r.recording_id, r.external_id, r.title, r.artist
  from recording r
  where r.recording_id = of_recording_id and is_in_own_scan(of_scan_id, of_recording_id);
end;

create function scanned_fingerprint(of_scan_id uuid, of_recording_id uuid)
  returns table (reference_id uuid, duration_ms integer, constellation bytea, created_at timestamptz)
  language sql stable security definer
begin atomic
  select r.reference_id, f.duration_ms, f.constellation, l.created_at
  from recording_reference l
  join reference r on r.reference_id = l.reference_id
  join fingerprint f on f.reference_id = r.reference_id
  where l.recording_id = of_recording_id and r.status = 'active' and is_in_own_scan(of_scan_id, of_recording_id);
end;

-- How many other parties' recordings are said to have an identifier: that there is a conflict, not with whom.
create function parties_asserting_elsewhere(of_recording_id uuid, asked_scheme text, asked_value text) returns bigint
  language sql stable security definer
  return (
    select count(distinct other.party_id)
    from identifier_assertion a
    join recording other on other.recording_id = a.recording_id
    join recording own on own.recording_id = of_recording_id
    where a.scheme = asked_scheme and a.value = asked_value and a.withdrawn_at is null
      and other.party_id <> own.party_id
  );

-- Writes the next entry of the change feed and tells whoever listens. It must be the last statement of its
-- transaction: it holds the feed's lock until the commit, and every other registration waits for that. Nothing that
-- is still registered can be told to the indexes as deleted.
create function append_to_feed(entry_kind text, entry_reference_id uuid) returns bigint
  language sql volatile security definer
begin atomic
  with head as (
    update feed_head set position = position + 1
    where (entry_kind = 'register') = exists (select from reference r where r.reference_id = entry_reference_id)
    returning position
  ), entry as (
    insert into change_feed (position, kind, reference_id)
    select position, entry_kind, entry_reference_id from head
    returning position
  ), told as (
    select position, pg_notify('change_feed', position::text)::text from entry
  )
  select position from told;
end;

revoke execute on function
  party_name(uuid),
  party_has_role(uuid, text),
  matched_recording(uuid[]),
  is_in_own_scan(uuid, uuid),
  scanned_recording(uuid, uuid),
  scanned_fingerprint(uuid, uuid),
  parties_asserting_elsewhere(uuid, text, text),
  append_to_feed(text, uuid)
  from public;
grant execute on function party_name(uuid), parties_asserting_elsewhere(uuid, text, text), append_to_feed(text, uuid)
  to earmark_administrator;
grant execute on function
  party_name(uuid),
  party_has_role(uuid, text),
  matched_recording(uuid[]),
  is_in_own_scan(uuid, uuid),
  scanned_recording(uuid, uuid),
  scanned_fingerprint(uuid, uuid),
  parties_asserting_elsewhere(uuid, text, text),
  append_to_feed(text, uuid)
  to earmark_tenant, earmark_operator;

-- To own a function of a schema a role must be allowed to make one there: for as long as this takes.
do $$
begin
  execute format('grant create on schema %I to earmark_service', current_schema());
end
$$;
alter function party_name(uuid) owner to earmark_service;
alter function party_has_role(uuid, text) owner to earmark_service;
alter function matched_recording(uuid[]) owner to earmark_service;
alter function is_in_own_scan(uuid, uuid) owner to earmark_service;
alter function scanned_recording(uuid, uuid) owner to earmark_service;
alter function scanned_fingerprint(uuid, uuid) owner to earmark_service;
alter function parties_asserting_elsewhere(uuid, text, text) owner to earmark_service;
alter function append_to_feed(text, uuid) owner to earmark_service;
do $$
begin
  execute format('revoke create on schema %I from earmark_service', current_schema());
end
$$;

set local row_security = off;
