-- Hands the words of any recording that look most like one.
--   $1 text     the word
--   $2 integer  how many at most
select word from words_like($1, $2) word
