-- Hands the words of any recording that look most like one, for each of several, the most alike first.
--   $1 text[]   the words
--   $2 integer  how many at most of each
select asked.word as asked, alike.word
from unnest($1::text[]) asked(word), words_like(asked.word, $2) with ordinality alike(word, place)
order by asked.word, alike.place
