-- A lighter index of words: a party's words are terms of their own, so that a search of its own reads what the party has of
-- a word and not all that has the word and all that the party has. What reads words from a text is cheaper, no transaction
-- waits for another's new words, and one index of external ids serves where there were two.

set local row_security = on;

-- Terms of a text that has nothing but letters and digits of ASCII and the commonest punctuation, which most have: what
-- `other_terms` makes of it, at a third of the time. Null where the text is not so. Names nothing outside of pg_catalog.
create function plain_terms(of_party_id uuid, said text) returns tsvector language plpgsql immutable parallel safe as $$
declare
  words text := btrim(lower(said));
  mark text := ' =' || right(of_party_id::text, 12) || '=';
begin
  if words ~ '[^a-z0-9 ]|  ' then
    words := btrim(regexp_replace(translate(words, '-.,&!?()/:"''', '           '), ' +', ' ', 'g'));
    if words ~ '[^a-z0-9 ]' then return null; end if;
  end if;
  if char_length(words) > 40 and words ~ '[a-z0-9]{41}' then return null; end if;
  if mark is null or words = '' then return words::tsvector; end if;
  return (words || mark || replace(words, ' ', mark))::tsvector;
end
$$;

create function other_terms(of_party_id uuid, said text) returns tsvector language sql immutable parallel safe
begin atomic
  select array_to_tsvector(words || array(
    select '=' || right(of_party_id::text, 12) || '=' || word from unnest(words) word where of_party_id is not null
  ))
  from search_words(said) words;
end;

drop index recording_by_terms;

-- The words, and each again as a word of the party's. That one begins with `=`, which no text has, and with the end of the
-- party's id: whose a recording is must still be asked, for two ids may end alike. No party, and the words are all.
create or replace function recording_terms(of_party_id uuid, title text, artist text, version text) returns tsvector
  language sql immutable parallel safe
begin atomic
  select coalesce(
    plain_terms(
      of_party_id, coalesce(title || ' ', '') || coalesce(artist || ' ', '') || coalesce(version, '')
    ),
    other_terms(
      of_party_id, coalesce(title || ' ', '') || coalesce(artist || ' ', '') || coalesce(version, '')
    )
  );
end;

create index recording_by_terms on recording using gin (recording_terms(party_id, title, artist, version))
  with (gin_pending_list_limit = 1024);

-- What other transactions bring at once is brought twice and told once: with a unique index they would wait for one
-- another to the end.
alter table search_word drop constraint search_word_pk;
create index search_word_by_word on search_word (word);
-- What waits to be put in its place is read for every misspelt word.
alter index if exists search_word_by_trigram set (gin_pending_list_limit = 256);

do $$
begin
  execute format('grant create on schema %I to earmark_service', current_schema());
end
$$;
set local role earmark_service;

-- Each word by itself is looked for in the index: a session may hold this plan from when there were few.
create or replace function keep_search_words() returns trigger language plpgsql security definer
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
begin
  with brought as materialized (
    select distinct one.word
    from added, unnest(tsvector_to_array(recording_terms(null, added.title, added.artist, added.version))) one(word)
  )
  insert into search_word (word)
  select word
  from brought
  where char_length(word) >= 4 and word !~ '^[0-9]+$'
    and not exists (select from search_word known where known.word = brought.word);
  return null;
end
$$;

drop function own_recordings_with_terms(text, integer);
drop function recordings_with_terms(text, integer);

-- Ids of recordings that have all of these terms, in no order, `at_most` of them. Of a single term a sample will do where
-- very many have it: the time goes into collecting them, for a page of fifty. Those that have several are asked for whole,
-- because each would be sampled by itself and few of them would meet. Never by reading the table: a limit makes that look
-- cheap, and it is not where the recordings lie at its end.
--
-- `of_party_id` says whose, or null. It is asked as text, so that what the party has is not read for it.
create function recordings_with_terms(terms text, at_most integer, of_party_id uuid) returns setof uuid
  language plpgsql volatile security definer
  set enable_seqscan = off set gin_fuzzy_search_limit = 0
as $$
begin
  if numnode(terms::tsquery) = 1 then perform set_config('gin_fuzzy_search_limit', '20000', true); end if;
  return query
    select r.recording_id from recording r
    where recording_terms(r.party_id, r.title, r.artist, r.version) @@ terms::tsquery
      and (of_party_id is null or r.party_id::text = of_party_id::text)
    limit at_most;
end
$$;

-- For a caller that is one party, or acts for one. Words are quoted in `terms`, and have no quote.
create function own_recordings_with_terms(terms text, at_most integer) returns setof uuid
  language sql volatile security definer
begin atomic
  select recordings_with_terms(
    regexp_replace(terms, '''([^'']+)''', '''=' || right(party.id::text, 12) || '=\1''', 'g'), at_most, party.id
  )
  from (select coalesce(effective_party(), caller_party()) as id) party
  where party.id is not null;
end;

-- Words that look like one, the most alike first. Of n letters two that changed places leave n - 3 of the n + 5 trigrams of
-- both words in common, and every other slip leaves more: what has less in common need not be read.
create or replace function words_like(asked text, at_most integer) returns setof text
  language plpgsql stable security definer
as $$
declare
  letters integer := char_length(asked);
begin
  if not exists (select from pg_extension where extname = 'pg_trgm') then return; end if;
  perform set_config('pg_trgm.similarity_threshold', greatest(0.3, (letters - 3.2) / (letters + 5))::text, true);
  return query execute
    'select word from (
       select distinct word from search_word where word % $1 and abs(char_length(word) - char_length($1)) <= 2
     ) alike
     order by similarity(word, $1) desc, word limit $2'
    using asked, at_most;
end
$$;

revoke execute on function recordings_with_terms(text, integer, uuid), own_recordings_with_terms(text, integer) from public;
grant execute on function own_recordings_with_terms(text, integer)
  to earmark_tenant, earmark_administrator, earmark_operator;
grant execute on function recordings_with_terms(text, integer, uuid) to earmark_operator;

do $$
declare
  name text;
begin
  foreach name in array array[
    'keep_search_words()', 'recordings_with_terms(text, integer, uuid)', 'words_like(text, integer)'
  ]
  loop
    execute format('alter function %s set search_path = %I, pg_temp', name, current_schema());
  end loop;
end
$$;

reset role;
do $$
begin
  execute format('revoke create on schema %I from earmark_service', current_schema());
end
$$;

-- What is asserted about a recording is asked for with what was withdrawn, as by the limit on its number and when the
-- recording is removed: so it is found in the index that keeps it from being asserted twice, and no assertion is left out.
drop index identifier_assertion_is_made_once;
create unique index identifier_assertion_is_made_once
  on identifier_assertion (recording_id, scheme, value, asserted_by, coalesce(withdrawn_at, 'infinity'));

-- By external id alone and by party and external id, from one index.
alter table recording drop constraint recording_external_id_is_unique_in_party;
alter table recording add constraint recording_external_id_is_unique_in_party unique (external_id, party_id);
drop index recording_by_external_id;

set local row_security = off;
