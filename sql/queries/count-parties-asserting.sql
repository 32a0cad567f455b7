-- Hands how many parties other than this one say that a recording of theirs has an identifier.
--   $1 uuid  whose recordings do not count
--   $2 text  the scheme
--   $3 text  the identifier, normalised
select coalesce(sum(other_parties), 0)::bigint as other_parties
from parties_asserting_each($1, $2, array[$3])
