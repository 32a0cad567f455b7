-- Says of keys that they were used just now, unless that was said a short while ago.
--   $1 uuid[]   the keys
--   $2 integer  how many seconds lie at the least between two writes
update api_key
set last_used_at = now()
where api_key_id = any ($1)
  and (last_used_at is null or last_used_at <= now() - make_interval(secs => $2::integer))
