-- A retroscan may be thorough: every submission that is kept is scanned, not only those that a look at the bank names.
-- It takes long, and so takes turns with the others.

alter table retroscan add column is_thorough boolean not null default false;

drop index retroscan_to_do;
create index retroscan_to_do on retroscan (is_thorough, state, (cause <> 'request'), retroscan_id)
  where state in ('waiting', 'running');

-- The bodies of functions are checked as the owner, whom the policies shut out; no row is touched from here on.
set local row_security = on;

do $$
begin
  execute format('grant create on schema %I to earmark_service', current_schema());
end
$$;
set local role earmark_service;

-- Asks for retroscans of the references that a recording is matched by, but those that wait for one anyway; hands how
-- many. One that waits and is asked for goes before the others, and is thorough from then on where that is asked for: it
-- finds all that a quick one would.
drop function request_retroscan(uuid[], uuid, text, timestamptz);
create function request_retroscan(
  ids uuid[], of_recording_id uuid, because text, at timestamptz, thorough boolean default false
) returns bigint
  language sql volatile security definer
begin atomic
  with asked as (
    insert into retroscan (retroscan_id, party_id, reference_id, cause, state, is_thorough, requested_at)
    select ids[n], r.party_id, r.reference_id, because, 'waiting', thorough, at
    from (
      select l.reference_id, row_number() over (order by l.reference_id) as n
      from recording_reference l
      where l.recording_id = of_recording_id
    ) as numbered
    join reference r on r.reference_id = numbered.reference_id
    where r.status = 'active' and n <= cardinality(ids)
    on conflict (reference_id) where state = 'waiting' do update
      set cause = excluded.cause, is_thorough = retroscan.is_thorough or excluded.is_thorough
      where excluded.cause = 'request'
    returning retroscan_id
  )
  select count(*) from asked;
end;

revoke execute on function request_retroscan(uuid[], uuid, text, timestamptz, boolean) from public;
grant execute on function request_retroscan(uuid[], uuid, text, timestamptz, boolean)
  to earmark_tenant, earmark_administrator, earmark_operator;

reset role;
do $$
begin
  execute format('revoke create on schema %I from earmark_service', current_schema());
end
$$;

set local row_security = off;
