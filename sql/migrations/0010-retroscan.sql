-- Past submissions, kept to be looked through when a reference becomes active, and the looking through: what is to be
-- done, how far it is and what came of it.

-- One row, as feed_head is for the change feed: whoever keeps a submission's fingerprint takes the next position and
-- holds the lock to the commit, so that positions are gapless, in commit order, and nothing is overtaken.
create table submission_head (
  submission_head_id boolean not null default true,
  position bigint not null,
  constraint submission_head_pk primary key (submission_head_id),
  constraint submission_head_is_one_row check (submission_head_id),
  constraint submission_head_position_is_not_negative check (position >= 0)
) with (fillfactor = 10);
insert into submission_head (position) values (0);

-- What a submission sounded like. It goes long before the submission: how long it is kept is a setting.
create table submission_fingerprint (
  submission_id uuid not null,
  -- Who reported it.
  party_id uuid not null,
  position bigint not null,
  -- Of the change feed: where the submission's scan was answered, and where the feed was when the submission was kept.
  -- What became active in between was not searched for in it.
  index_position bigint not null,
  feed_position bigint not null,
  -- The fingerprint file, of the density it was reported with.
  bytes bytea not null,
  created_at timestamptz not null,
  constraint submission_fingerprint_pk primary key (submission_id),
  constraint submission_fingerprint_position_is_its_own unique (position),
  constraint submission_fingerprint_of_submission foreign key (party_id, submission_id)
    references submission (party_id, submission_id) on delete cascade,
  constraint submission_fingerprint_is_not_empty check (octet_length(bytes) > 0)
);
create index submission_fingerprint_by_age on submission_fingerprint (created_at);
create index submission_fingerprint_overtaken on submission_fingerprint (position) where index_position < feed_position;
-- Peaks do not compress: the default would spend CPU on trying.
alter table submission_fingerprint alter column bytes set storage external;

create table retroscan (
  retroscan_id uuid not null,
  -- Whose the reference is.
  party_id uuid not null,
  -- No foreign key: a retroscan outlives its reference.
  reference_id uuid not null,
  -- Why: the reference became active, stands for one recording more, its recording's rights were asserted, or somebody asked.
  cause text not null,
  state text not null,
  -- Where in the change feed the reference became active.
  feed_position bigint,
  -- Positions of submissions: those after `begin` up to `until` are looked through, and are so up to `checked`.
  begin_position bigint not null default 0,
  checked_position bigint not null default 0,
  until_position bigint not null default 0,
  -- Submissions that were scanned again, matches and claims that came of it.
  scanned_count integer not null default 0,
  match_count integer not null default 0,
  claim_count integer not null default 0,
  -- Attempts that came no further.
  failure_count integer not null default 0,
  failure text,
  requested_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  constraint retroscan_pk primary key (retroscan_id),
  constraint retroscan_of_party foreign key (party_id) references party (party_id),
  constraint retroscan_cause_is_known check (cause in ('reference', 'recording', 'rights', 'request')),
  constraint retroscan_state_is_known check (state in ('waiting', 'running', 'done', 'failed')),
  constraint retroscan_goes_forward check (begin_position <= checked_position and checked_position <= until_position),
  constraint retroscan_has_ended_where_it_is_over check ((ended_at is not null) = (state in ('done', 'failed'))),
  constraint retroscan_says_why_it_failed check (state <> 'failed' or failure is not null),
  constraint retroscan_failure_is_bounded check (char_length(failure) <= 300)
);
-- One that has not begun will see everything that a second one would.
create unique index retroscan_waits_once on retroscan (reference_id) where state = 'waiting';
create index retroscan_to_do on retroscan (state, retroscan_id) where state in ('waiting', 'running');
create index retroscan_by_party on retroscan (party_id, retroscan_id);
create index retroscan_by_feed on retroscan (feed_position);

-- The bodies of functions are checked as the owner, whom the policies shut out; no row is touched here.
set local row_security = on;

alter table submission_fingerprint enable row level security, force row level security;
alter table retroscan enable row level security, force row level security;

grant select, insert on submission_fingerprint to earmark_tenant;
grant select on retroscan to earmark_tenant;
create policy own_submission_fingerprints on submission_fingerprint to earmark_tenant using (party_id = caller_party());
create policy own_retroscans on retroscan to earmark_tenant using (party_id = caller_party());
create policy submission_fingerprint_is_made_by_scope on submission_fingerprint as restrictive for insert
  to earmark_tenant with check (caller_has('submit:uploads'));

grant select, insert on submission_fingerprint to earmark_operator;
grant select on retroscan to earmark_operator;
create policy operator_reaches_all on submission_fingerprint to earmark_operator using (true);
create policy operator_reaches_all on retroscan to earmark_operator using (true);

-- The service looks through what was submitted, whoever reported it, and raises what follows.

grant select on submission, submission_match to earmark_service;
grant insert on submission_match, claim to earmark_service;
grant update (reference_id, segments, facts, outcomes, unclaimed) on submission_match to earmark_service;
-- Rows that are deleted are locked first, and a lock asks for a column that may be updated.
grant select, delete, update (index_position) on submission_fingerprint to earmark_service;
grant select, update (position) on submission_head to earmark_service;
grant select, insert, update on retroscan to earmark_service;
create policy service_replays on submission for select to earmark_service using (true);
create policy service_replays on submission_match to earmark_service using (true);
create policy service_replays on submission_fingerprint to earmark_service using (true);
create policy service_replays on retroscan to earmark_service using (true);

do $$
begin
  execute format('grant create on schema %I to earmark_service', current_schema());
end
$$;
set local role earmark_service;

-- The next position of a submission's fingerprint, and the position of the change feed once it is taken. Only in the last
-- statement of a transaction: it holds the lock until the commit.
create function next_submission_position() returns table ("position" bigint, feed_position bigint)
  language plpgsql volatile security definer
as $$
begin
  update submission_head h set position = h.position + 1 returning h.position into next_submission_position.position;
  -- In a statement of its own: what was committed while the lock was waited for is seen.
  select h.position into next_submission_position.feed_position from feed_head h;
  return next;
end
$$;

-- Asks for retroscans of the references that a recording is matched by, but those that wait for one anyway; hands how
-- many. Whoever says something of a recording may not know whose its references are.
create function request_retroscan(ids uuid[], of_recording_id uuid, because text, at timestamptz) returns bigint
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
    on conflict (reference_id) where state = 'waiting' do nothing
    returning retroscan_id
  )
  select count(*) from asked;
end;

revoke execute on function next_submission_position(), request_retroscan(uuid[], uuid, text, timestamptz) from public;
grant execute on function next_submission_position() to earmark_tenant, earmark_operator;
grant execute on function request_retroscan(uuid[], uuid, text, timestamptz)
  to earmark_tenant, earmark_administrator, earmark_operator;

reset role;
do $$
begin
  execute format('revoke create on schema %I from earmark_service', current_schema());
end
$$;

set local row_security = off;
