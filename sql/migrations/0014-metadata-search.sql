-- Search by words of title, artist and version, and what a load of many rows of metadata asks of other parties.
--
-- Words are found through one GIN index over the words of a recording and its party's id. It is not reached by
-- tenants: `@@` is not leakproof, so under row-level security it may not be asked before the policy. The functions
-- below ask it as the service, for the caller's own party, and hand ids; what these recordings say is read by the caller.

set local row_security = on;

-- The words of a text: in lower case, without accents and apostrophes, cut at everything else that is no letter or
-- digit. Not by to_tsvector, which takes AC/DC for a file and will.i.am for a host. Ranges of code points and not
-- classes, because these depend on the database's locale.
create function search_words(of_text text) returns text[] language sql immutable parallel safe
begin atomic
  select coalesce(array_agg(distinct left(word, 40)), '{}')
  from regexp_split_to_table(
    lower(regexp_replace(normalize(of_text, NFKD), '[\u0300-\u036f''\u2019`\u00b4]', '', 'g')),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f\uff00-\uff0f]+'
  ) word
  where word <> '';
end;

-- A party's id is a word that no text has, for the `=` in front.
create function recording_terms(of_party_id uuid, title text, artist text, version text) returns tsvector
  language sql immutable parallel safe
begin atomic
  select array_to_tsvector(
    search_words(coalesce(title, '') || ' ' || coalesce(artist, '') || ' ' || coalesce(version, ''))
    || ('=' || of_party_id::text)
  );
end;

-- What waits to be put in its place is read by every search, and what is put there a little at a time changes as many
-- pages for less: a megabyte.
create index recording_by_terms on recording using gin (recording_terms(party_id, title, artist, version))
  with (gin_pending_list_limit = 1024);

-- Every word that can be misspelt, whoever's recording it is in. Words are never told to anybody: they only widen a
-- search that found nothing, and the search is of the caller's own.
create table search_word (
  word text not null,
  constraint search_word_pk primary key (word)
);
do $$
begin
  if exists (select from pg_extension where extname = 'pg_trgm') then
    create index search_word_by_trigram on search_word using gin (word gin_trgm_ops);
  end if;
end
$$;
grant select, insert on search_word to earmark_service;

create function keep_search_words() returns trigger language plpgsql security definer as $$
begin
  -- In order, so that two that bring the same words wait for one another in one direction only.
  insert into search_word (word)
  select distinct one.word
  from added,
    unnest(search_words(coalesce(title, '') || ' ' || coalesce(artist, '') || ' ' || coalesce(version, ''))) one(word)
  where char_length(one.word) >= 4 and one.word !~ '^[0-9]+$'
    and not exists (select from search_word known where known.word = one.word)
  order by one.word
  on conflict do nothing;
  return null;
end
$$;

create trigger recording_made_known after insert on recording
  referencing new table as added for each statement execute function keep_search_words();
create trigger recording_changed_known after update on recording
  referencing new table as added for each statement execute function keep_search_words();

-- Ids of recordings that have all of these terms, in no order, `at_most` of them. Where more than so many have them, a
-- sample of the index will do: a word that is in every tenth of ten million titles would else cost a tenth of a second
-- to collect, for a page of fifty. Too few in the sample, and all are asked for. Never by reading the table: a limit
-- makes that look cheap, and it is not where the party's recordings lie at its end.
create function recordings_with_terms(terms text, at_most integer) returns setof uuid
  language plpgsql volatile security definer
  set enable_seqscan = off set gin_fuzzy_search_limit = 20000
as $$
declare
  found uuid[];
begin
  found := array(
    select r.recording_id from recording r
    where recording_terms(r.party_id, r.title, r.artist, r.version) @@ terms::tsquery
    limit at_most
  );
  if cardinality(found) < at_most then
    perform set_config('gin_fuzzy_search_limit', '0', true);
    found := array(
      select r.recording_id from recording r
      where recording_terms(r.party_id, r.title, r.artist, r.version) @@ terms::tsquery
      limit at_most
    );
  end if;
  return query select unnest(found);
end
$$;

-- For a caller that is one party, or acts for one.
create function own_recordings_with_terms(terms text, at_most integer) returns setof uuid
  language sql volatile security definer
begin atomic
  select recordings_with_terms('''=' || party.id::text || ''' & (' || terms || ')', at_most)
  from (select coalesce(effective_party(), caller_party()) as id) party
  where party.id is not null;
end;

-- Words that look like one, the most alike first.
create function words_like(asked text, at_most integer) returns setof text
  language plpgsql stable security definer
as $$
begin
  if not exists (select from pg_extension where extname = 'pg_trgm') then return; end if;
  return query execute
    'select word from search_word where word % $1 and abs(char_length(word) - char_length($1)) <= 2
     order by similarity(word, $1) desc, word limit $2'
    using asked, at_most;
end
$$;

-- How many other parties say that a recording of theirs has these identifiers: of many at once.
create function parties_asserting_each(of_party_id uuid, asked_scheme text, asked_values text[])
  returns table (asked_value text, other_parties bigint) language sql stable security definer
begin atomic
  select a.value, count(distinct a.party_id)
  from identifier_assertion a
  where a.scheme = asked_scheme and a.value = any (asked_values) and a.withdrawn_at is null
    and a.party_id <> of_party_id
  group by a.value;
end;

revoke execute on function
  keep_search_words(),
  recordings_with_terms(text, integer),
  own_recordings_with_terms(text, integer),
  words_like(text, integer),
  parties_asserting_each(uuid, text, text[])
  from public;
grant execute on function
  own_recordings_with_terms(text, integer), words_like(text, integer), parties_asserting_each(uuid, text, text[])
  to earmark_tenant, earmark_administrator, earmark_operator;
grant execute on function recordings_with_terms(text, integer) to earmark_operator;

-- Names in these are looked up when they run: in this schema, and in nobody's temporary one before it.
do $$
declare
  name text;
begin
  foreach name in array array['keep_search_words()', 'recordings_with_terms(text, integer)', 'words_like(text, integer)']
  loop
    execute format('alter function %s set search_path = %I, pg_temp', name, current_schema());
  end loop;
end
$$;

-- The words of what is registered already. The owner has no policy: the force is lifted while they are read.
set local row_security = off;
alter table recording no force row level security;
insert into search_word (word)
select distinct word
from recording,
  unnest(search_words(coalesce(title, '') || ' ' || coalesce(artist, '') || ' ' || coalesce(version, ''))) word
where char_length(word) >= 4 and word !~ '^[0-9]+$';
alter table recording force row level security;
set local row_security = on;

do $$
begin
  execute format('grant create on schema %I to earmark_service', current_schema());
end
$$;
alter function keep_search_words() owner to earmark_service;
alter function recordings_with_terms(text, integer) owner to earmark_service;
alter function own_recordings_with_terms(text, integer) owner to earmark_service;
alter function words_like(text, integer) owner to earmark_service;
alter function parties_asserting_each(uuid, text, text[]) owner to earmark_service;
do $$
begin
  execute format('revoke create on schema %I from earmark_service', current_schema());
end
$$;

set local row_security = off;
