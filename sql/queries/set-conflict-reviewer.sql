-- Says who is to decide a conflict. Hands nothing where there is no such conflict or the reviewer is a side of it.
--   $1 uuid  the conflict
--   $2 uuid  the reviewer
update ownership_conflict
set reviewer_id = $2
where ownership_conflict_id = $1 and not $2 = any (side_ids) and party_id <> $2
returning ownership_conflict_id
