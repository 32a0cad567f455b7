-- What happened, for whom, and who is told of it: events, the webhooks of a party, and what of an event has been
-- delivered to which webhook. A delivery that is due is a row here, written in the transaction that wrote the event;
-- jobs only look for such rows.

create table event (
  -- The webhook-id of every message about it.
  event_id uuid not null,
  party_id uuid not null,
  type text not null,
  payload jsonb not null,
  created_at timestamptz not null,
  constraint event_pk primary key (event_id),
  constraint event_is_found_by_party unique (party_id, event_id),
  constraint event_of_party foreign key (party_id) references party (party_id),
  constraint event_type_is_dotted check (type ~ '^[a-z][a-z_]*([.][a-z][a-z_]*)+$' and char_length(type) <= 100),
  constraint event_payload_is_object check (jsonb_typeof(payload) = 'object'),
  constraint event_payload_is_bounded check (octet_length(payload::text) <= 65536)
);
create index event_by_age on event (created_at);

create table webhook (
  webhook_id uuid not null,
  party_id uuid not null,
  url text not null,
  description text not null default '',
  -- None: of every type.
  event_types text[] not null default '{}',
  -- Not a digest: messages are signed with it.
  secret bytea not null,
  -- After a rotation messages are signed with both for a while.
  previous_secret bytea,
  previous_secret_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- Since when nothing has arrived, where the last attempt failed.
  failing_since timestamptz,
  disabled_at timestamptz,
  disabled_reason text,
  constraint webhook_pk primary key (webhook_id),
  constraint webhook_is_found_by_party unique (party_id, webhook_id),
  constraint webhook_of_party foreign key (party_id) references party (party_id),
  constraint webhook_url_is_bounded check (url ~ '^https?://' and char_length(url) <= 2000),
  constraint webhook_description_is_bounded check (char_length(description) <= 200),
  constraint webhook_event_types_are_bounded check (cardinality(event_types) <= 100),
  constraint webhook_secret_is_long check (octet_length(secret) between 24 and 64),
  constraint webhook_previous_secret_is_long check (octet_length(previous_secret) between 24 and 64),
  constraint webhook_previous_secret_has_an_end check ((previous_secret is null) = (previous_secret_until is null)),
  constraint webhook_disabled_reason_is_known check (disabled_reason in ('by_party', 'failing', 'gone')),
  constraint webhook_disabling_says_why check ((disabled_at is null) = (disabled_reason is null))
);

create table webhook_delivery (
  webhook_id uuid not null,
  event_id uuid not null,
  party_id uuid not null,
  state text not null default 'pending',
  attempt_count integer not null default 0,
  next_attempt_at timestamptz not null,
  last_attempt_at timestamptz,
  -- What the receiver answered; null where nothing came.
  last_status integer,
  last_error text,
  delivered_at timestamptz,
  constraint webhook_delivery_pk primary key (webhook_id, event_id),
  constraint webhook_delivery_to_webhook foreign key (party_id, webhook_id)
    references webhook (party_id, webhook_id) on delete cascade,
  constraint webhook_delivery_of_event foreign key (party_id, event_id)
    references event (party_id, event_id) on delete cascade,
  constraint webhook_delivery_state_is_known check (state in ('pending', 'delivered', 'dead')),
  constraint webhook_delivery_says_when check ((state = 'delivered') = (delivered_at is not null)),
  constraint webhook_delivery_error_is_bounded check (char_length(last_error) <= 300)
);
-- Also what a webhook's oldest due delivery is found by.
create index webhook_delivery_pending on webhook_delivery (webhook_id, next_attempt_at) where state = 'pending';
create index webhook_delivery_due on webhook_delivery (next_attempt_at) where state = 'pending';
create index webhook_delivery_dead on webhook_delivery (webhook_id, event_id) where state = 'dead';
create index webhook_delivery_by_event on webhook_delivery (party_id, event_id);

alter table api_key
  drop constraint api_key_scopes_are_known,
  add constraint api_key_scopes_are_known check (
    scopes <@ array[
      'register:recordings', 'read:recordings', 'remove:recordings', 'assert:identifiers', 'assert:rights',
      'read:rights', 'decide:conflicts', 'read:policies', 'manage:policies', 'read:outcomes', 'scan:uploads',
      'read:scans', 'read:webhooks', 'manage:webhooks', 'read:parties', 'manage:parties', 'manage:keys',
      'read:mandates', 'manage:mandates', 'operate:registry'
    ]
  );

set local row_security = on;

alter table event enable row level security, force row level security;
alter table webhook enable row level security, force row level security;
alter table webhook_delivery enable row level security, force row level security;

-- A tenant: its own. Events and deliveries are written by append_event alone.

grant select on event, webhook, webhook_delivery to earmark_tenant;
grant insert, delete on webhook to earmark_tenant;
grant update (
  url, description, event_types, secret, previous_secret, previous_secret_until, updated_at, failing_since, disabled_at,
  disabled_reason
) on webhook to earmark_tenant;
grant update (state, attempt_count, next_attempt_at, delivered_at) on webhook_delivery to earmark_tenant;

create policy own_events on event to earmark_tenant using (party_id = caller_party());
create policy own_webhooks on webhook to earmark_tenant using (party_id = caller_party());
create policy own_webhook_deliveries on webhook_delivery to earmark_tenant using (party_id = caller_party());

create policy webhook_is_made_by_scope on webhook as restrictive for insert to earmark_tenant
  with check (caller_has('manage:webhooks'));
create policy webhook_is_changed_by_scope on webhook as restrictive for update to earmark_tenant
  using (caller_has('manage:webhooks'));
create policy webhook_is_removed_by_scope on webhook as restrictive for delete to earmark_tenant
  using (caller_has('manage:webhooks'));
create policy webhook_delivery_is_replayed_by_scope on webhook_delivery as restrictive for update to earmark_tenant
  using (caller_has('manage:webhooks'));

-- An operator: everything, for every party.

grant select on event, webhook, webhook_delivery to earmark_operator;
grant insert, delete on webhook to earmark_operator;
grant update (
  url, description, event_types, secret, previous_secret, previous_secret_until, updated_at, failing_since, disabled_at,
  disabled_reason
) on webhook to earmark_operator;
grant update (state, attempt_count, next_attempt_at, delivered_at) on webhook_delivery to earmark_operator;

create policy operator_reaches_all on event to earmark_operator using (true);
create policy operator_reaches_all on webhook to earmark_operator using (true);
create policy operator_reaches_all on webhook_delivery to earmark_operator using (true);

-- The service: delivers, disables what does not answer, forgets.

grant select, insert, delete on event to earmark_service;
grant select on webhook to earmark_service;
grant update (failing_since, disabled_at, disabled_reason) on webhook to earmark_service;
grant select, insert, update, delete on webhook_delivery to earmark_service;

create policy service_keeps_events on event to earmark_service using (true);
create policy service_delivers on webhook to earmark_service using (true);
create policy service_delivers on webhook_delivery to earmark_service using (true);

-- Writes down that something happened that a party is to hear of, and what of it is to be delivered: to every webhook of
-- the party that is for such events, or to one alone. Runs as the service, because what one party does is news for
-- another: an upload of a platform's is a claim of a rights-holder's. Hands how many will be told.
create function append_event(
  new_event_id uuid, of_party_id uuid, event_type text, event_payload jsonb, happened_at timestamptz, to_webhook_id uuid
) returns bigint
  language sql volatile security definer
begin atomic
  with happened as (
    insert into event (event_id, party_id, type, payload, created_at)
    values (new_event_id, of_party_id, event_type, event_payload, happened_at)
    returning event_id, party_id, type, created_at
  ), due as (
    insert into webhook_delivery (webhook_id, event_id, party_id, next_attempt_at)
    select w.webhook_id, h.event_id, h.party_id, h.created_at
    from happened h
    join webhook w on w.party_id = h.party_id
    where w.disabled_at is null and case
      when to_webhook_id is not null then w.webhook_id = to_webhook_id
      else cardinality(w.event_types) = 0 or h.type = any (w.event_types)
    end
    returning webhook_id
  )
  select count(*) from due;
end;

revoke execute on function append_event(uuid, uuid, text, jsonb, timestamptz, uuid) from public;
grant execute on function append_event(uuid, uuid, text, jsonb, timestamptz, uuid)
  to earmark_tenant, earmark_administrator, earmark_operator;

do $$
begin
  execute format('grant create on schema %I to earmark_service', current_schema());
end
$$;
alter function append_event(uuid, uuid, text, jsonb, timestamptz, uuid) owner to earmark_service;
do $$
begin
  execute format('revoke create on schema %I from earmark_service', current_schema());
end
$$;

set local row_security = off;
