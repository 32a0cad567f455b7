-- Who reaches the tables of 0008, in the way of 0004.

-- The bodies of functions are checked as the owner, whom the policies shut out; no row is touched here.
set local row_security = on;

alter table submission enable row level security, force row level security;
alter table submission_match enable row level security, force row level security;
alter table claim enable row level security, force row level security;
alter table claim_event enable row level security, force row level security;
alter table dispute enable row level security, force row level security;
alter table dispute_event enable row level security, force row level security;
alter table excluded_interval enable row level security, force row level security;
alter table allowlist_entry enable row level security, force row level security;

-- A tenant: what it reported, what it claims and what is claimed in what it reported.

grant select, insert on submission, submission_match, claim, claim_event, dispute, dispute_event, excluded_interval,
  allowlist_entry to earmark_tenant;
grant update (state, entered_at, deadline_at, version, leased_by, leased_until) on claim to earmark_tenant;
grant update (state, entered_at, deadline_at, version) on dispute to earmark_tenant;
grant delete on allowlist_entry to earmark_tenant;

create policy own_submissions on submission to earmark_tenant using (party_id = caller_party());
create policy own_submission_matches on submission_match to earmark_tenant using (party_id = caller_party());
create policy claims_of_either_side on claim to earmark_tenant
  using (party_id = caller_party() or reporter_id = caller_party());
create policy claim_events_of_either_side on claim_event to earmark_tenant
  using (party_id = caller_party() or reporter_id = caller_party());
create policy disputes_of_either_side on dispute to earmark_tenant
  using (party_id = caller_party() or reporter_id = caller_party());
create policy dispute_events_of_either_side on dispute_event to earmark_tenant
  using (party_id = caller_party() or reporter_id = caller_party());
create policy own_excluded_intervals on excluded_interval to earmark_tenant using (party_id = caller_party());
create policy own_allowlist on allowlist_entry to earmark_tenant using (party_id = caller_party());

-- An administrator that acts for another party: its claims on recordings within a mandate in force.

grant select on claim, claim_event, dispute, dispute_event, excluded_interval to earmark_administrator;
grant insert on claim_event, dispute_event, excluded_interval to earmark_administrator;
grant update (state, entered_at, deadline_at, version, leased_by, leased_until) on claim to earmark_administrator;
grant update (state, entered_at, deadline_at, version) on dispute to earmark_administrator;

create policy claims_within_mandate on claim to earmark_administrator
  using (
    party_id = effective_party()
    and exists (select from recording r where r.recording_id = claim.recording_id)
  );
create policy claim_events_within_mandate on claim_event to earmark_administrator
  using (
    party_id = effective_party() and exists (select from claim c where c.claim_id = claim_event.claim_id)
  );
create policy disputes_within_mandate on dispute to earmark_administrator
  using (
    party_id = effective_party() and exists (select from claim c where c.claim_id = dispute.claim_id)
  );
create policy dispute_events_within_mandate on dispute_event to earmark_administrator
  using (
    party_id = effective_party() and exists (select from dispute d where d.dispute_id = dispute_event.dispute_id)
  );
create policy excluded_intervals_of_party_acted_for on excluded_interval to earmark_administrator
  using (party_id = effective_party() and (select may_act()));

-- Which scope of the key writes what.

create policy submission_is_made_by_scope on submission as restrictive for insert to earmark_tenant
  with check (caller_has('submit:uploads'));
create policy submission_match_is_made_by_scope on submission_match as restrictive for insert to earmark_tenant
  with check (caller_has('submit:uploads'));
-- A claim follows from a submission: who reports it raises it, for whoever it is.
create policy claim_is_raised_by_its_reporter on claim as restrictive for insert to earmark_tenant
  with check (reporter_id = caller_party() and caller_has('submit:uploads'));
create policy claim_is_changed_by_scope on claim as restrictive for update to earmark_tenant, earmark_administrator
  using (
    (party_id = coalesce(effective_party(), caller_party()) and (caller_has('manage:claims') or caller_has('review:claims')))
    or (reporter_id = caller_party() and caller_has('dispute:claims'))
  );
create policy claim_event_is_made_in_own_name on claim_event as restrictive for insert
  to earmark_tenant, earmark_administrator
  with check (
    case
      when actor_role = 'system' then
        entry_number = 1 and reporter_id = caller_party() and caller_has('submit:uploads')
      when actor_party_id is distinct from caller_party() or on_behalf_of is distinct from effective_party() then false
      when actor_role in ('platform', 'uploader') then reporter_id = caller_party() and caller_has('dispute:claims')
      else
        party_id = coalesce(effective_party(), caller_party())
        and (caller_has('manage:claims') or caller_has('review:claims'))
    end
  );
create policy dispute_is_opened_by_the_reporter on dispute as restrictive for insert to earmark_tenant
  with check (reporter_id = caller_party() and caller_has('dispute:claims'));
create policy dispute_is_changed_by_scope on dispute as restrictive for update to earmark_tenant, earmark_administrator
  using (
    (party_id = coalesce(effective_party(), caller_party()) and (caller_has('manage:claims') or caller_has('review:claims')))
    or (reporter_id = caller_party() and caller_has('dispute:claims'))
  );
create policy dispute_event_is_made_in_own_name on dispute_event as restrictive for insert
  to earmark_tenant, earmark_administrator
  with check (
    case
      when actor_party_id is distinct from caller_party() or on_behalf_of is distinct from effective_party() then false
      when actor_role in ('platform', 'uploader') then reporter_id = caller_party() and caller_has('dispute:claims')
      else
        party_id = coalesce(effective_party(), caller_party())
        and (caller_has('manage:claims') or caller_has('review:claims'))
    end
  );
create policy interval_is_excluded_by_scope on excluded_interval as restrictive for insert
  to earmark_tenant, earmark_administrator
  with check (excluded_by = caller_party() and (caller_has('manage:claims') or caller_has('review:claims')));
create policy allowlist_is_made_by_scope on allowlist_entry as restrictive for insert to earmark_tenant
  with check (created_by = caller_party() and caller_has('manage:allowlist'));
create policy allowlist_is_ended_by_scope on allowlist_entry as restrictive for delete to earmark_tenant
  using (caller_has('manage:allowlist'));

-- An operator: everything, for every party.

grant select, insert on submission, submission_match, claim, claim_event, dispute, dispute_event, excluded_interval,
  allowlist_entry to earmark_operator;
grant update (state, entered_at, deadline_at, version, leased_by, leased_until) on claim to earmark_operator;
grant update (state, entered_at, deadline_at, version) on dispute to earmark_operator;
grant delete on allowlist_entry to earmark_operator;
create policy operator_reaches_all on submission to earmark_operator using (true);
create policy operator_reaches_all on submission_match to earmark_operator using (true);
create policy operator_reaches_all on claim to earmark_operator using (true);
create policy operator_reaches_all on claim_event to earmark_operator using (true);
create policy operator_reaches_all on dispute to earmark_operator using (true);
create policy operator_reaches_all on dispute_event to earmark_operator using (true);
create policy operator_reaches_all on excluded_interval to earmark_operator using (true);
create policy operator_reaches_all on allowlist_entry to earmark_operator using (true);

-- The service itself: ends what is over its time, keeps excluded spans out of matches, and owns the functions below.

grant select on claim, claim_event, dispute, dispute_event, excluded_interval, allowlist_entry to earmark_service;
grant insert on claim_event, dispute_event to earmark_service;
grant update (state, entered_at, deadline_at, version, leased_by, leased_until) on claim to earmark_service;
grant update (state, entered_at, deadline_at, version) on dispute to earmark_service;
create policy service_ends_what_is_over on claim to earmark_service using (true);
create policy service_ends_what_is_over on claim_event to earmark_service using (true);
create policy service_ends_what_is_over on dispute to earmark_service using (true);
create policy service_ends_what_is_over on dispute_event to earmark_service using (true);
create policy service_keeps_excluded_spans_out on excluded_interval for select to earmark_service using (true);
create policy service_knows_allowlists on allowlist_entry for select to earmark_service using (true);

-- To own a function of a schema a role must be allowed to make one there: for as long as this takes.
do $$
begin
  execute format('grant create on schema %I to earmark_service', current_schema());
end
$$;
set local role earmark_service;

-- What claims need to know of references that matched, whosever they are.
create function matched_reference(reference_ids uuid[])
  returns table (reference_id uuid, party_id uuid, eligibility text, duration_ms integer)
  language sql stable security definer
begin atomic
  select r.reference_id, r.party_id, r.eligibility, f.duration_ms
  from reference r
  join fingerprint f on f.reference_id = r.reference_id
  where r.reference_id = any (reference_ids);
end;

-- Who does not claim from an account what is of a label.
create function allowlisting_party(asked_platform text, asked_account text, of_label text) returns setof uuid
  language sql stable security definer
begin atomic
  select distinct a.party_id
  from allowlist_entry a
  where a.platform = asked_platform and a.account = asked_account and (a.label is null or a.label = of_label);
end;

-- As before, and one kind more: a span of a reference that is there is excluded.
create or replace function append_to_feed(entry_kind text, entry_reference_id uuid) returns bigint
  language sql volatile security definer
begin atomic
  with head as (
    update feed_head set position = position + 1
    where (entry_kind <> 'delete') = exists (select from reference r where r.reference_id = entry_reference_id)
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

revoke execute on function matched_reference(uuid[]), allowlisting_party(text, text, text) from public;
grant execute on function matched_reference(uuid[]) to earmark_tenant, earmark_administrator, earmark_operator;
grant execute on function allowlisting_party(text, text, text) to earmark_tenant, earmark_operator;

reset role;
do $$
begin
  execute format('revoke create on schema %I from earmark_service', current_schema());
end
$$;

set local row_security = off;
