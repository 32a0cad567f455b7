-- Forgets some keys that are over 24 hours old. Every registration with a key is followed by taking up to ten old ones away, so that the table
-- stays bounded without a job of its own.
delete from idempotency_key
where (party_id, key) in (
  select party_id, key
  from idempotency_key
  where created_at < now() - interval '24 hours'
  order by created_at
  limit 10
  for update skip locked
)
