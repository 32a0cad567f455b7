-- A span that was excluded from a reference may be put back, and what it would have matched meanwhile is looked for. What a
-- retroscan found in an upload may be explained by the upload's scan. Whoever asks for a retroscan does not wait for a delivery.

-- A foreign key is checked as the owner.
alter table party no force row level security;
alter table excluded_interval no force row level security;
alter table excluded_interval
  -- Put back: by whom, when and why; null while it is excluded.
  add column lifted_by uuid,
  add column lifted_at timestamptz,
  add column lift_reason text,
  add constraint excluded_interval_lifted_by_party foreign key (lifted_by) references party (party_id),
  add constraint excluded_interval_is_lifted_with_a_reason check (
    (lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lift_reason is null)
    and char_length(lift_reason) between 1 and 1000
  );
alter table excluded_interval force row level security;
alter table party force row level security;

grant update (lifted_by, lifted_at, lift_reason) on excluded_interval
  to earmark_tenant, earmark_administrator, earmark_operator;
create policy interval_is_lifted_by_scope on excluded_interval as restrictive for update
  to earmark_tenant, earmark_administrator
  using (caller_has('manage:claims') or caller_has('review:claims'))
  with check (lifted_by = caller_party());

alter table retroscan
  drop constraint retroscan_cause_is_known,
  add constraint retroscan_cause_is_known check (cause in ('reference', 'recording', 'rights', 'widened', 'request'));

-- Whoever asked waits for what runs, and not for all that was delivered before.
drop index retroscan_to_do;
create index retroscan_to_do on retroscan (state, (cause <> 'request'), retroscan_id)
  where state in ('waiting', 'running');

create index submission_by_scan on submission (scan_id);

-- The bodies of functions are checked as the owner, whom the policies shut out; no row is touched from here on.
set local row_security = on;

do $$
begin
  execute format('grant create on schema %I to earmark_service', current_schema());
end
$$;
set local role earmark_service;

-- Whether a scan of the caller's named a recording, or a retroscan found it later in what was submitted with that scan.
create or replace function is_in_own_scan(of_scan_id uuid, of_recording_id uuid) returns boolean
  language sql stable security definer
  return exists (
    select from scan s
    where s.scan_id = of_scan_id and s.party_id = caller_party()
      and s.answer @> jsonb_build_object(
        'matches', jsonb_build_array(jsonb_build_object('recording_id', of_recording_id))
      )
  ) or exists (
    select from submission u
    join submission_match m on m.submission_id = u.submission_id
    where u.scan_id = of_scan_id and u.party_id = caller_party() and m.recording_id = of_recording_id
  );

-- Asks for retroscans of the references that a recording is matched by, but those that wait for one anyway; hands how
-- many. One that waits and is asked for goes before the others.
create or replace function request_retroscan(ids uuid[], of_recording_id uuid, because text, at timestamptz) returns bigint
  language sql volatile security definer
begin atomic
  with asked as (
    insert into retroscan (retroscan_id, party_id, reference_id, cause, state, requested_at)
    select ids[n], r.party_id, r.reference_id, because, 'waiting', at
    from (
      select l.reference_id, row_number() over (order by l.reference_id) as n
      from recording_reference l
      where l.recording_id = of_recording_id
    ) as numbered
    join reference r on r.reference_id = numbered.reference_id
    where r.status = 'active' and n <= cardinality(ids)
    on conflict (reference_id) where state = 'waiting' do update set cause = excluded.cause
      where excluded.cause = 'request'
    returning retroscan_id
  )
  select count(*) from asked;
end;

reset role;
do $$
begin
  execute format('revoke create on schema %I from earmark_service', current_schema());
end
$$;

set local row_security = off;
