-- Cuts a text into the words that recordings are found by.
--   $1 text  the text
select word from unnest(search_words($1)) word order by word
