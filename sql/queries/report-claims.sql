-- Hands claims that were raised in a period, in the order of time, from after a place.
--   $1 uuid         one of whose sides it must be, or null for anybody's
--   $2 timestamptz  the first instant of the period
--   $3 timestamptz  the first instant after it
--   $4 text         the place of the last claim already seen, or null to start
--   $5 uuid         that claim, or null to start
--   $6 bigint       how many at most
select e.at::text as place, e.at as raised_at, c.claim_id, c.raised_as, c.party_id, party_name(c.party_id) as party,
  c.reporter_id, party_name(c.reporter_id) as reporter, c.submission_id, c.upload, c.recording, c.state, c.action,
  c.territories, c.facts, c.entered_at, c.deadline_at
from claim_event e
join claim c on c.claim_id = e.claim_id
where e.entry_number = 1
  and ($1::uuid is null or e.party_id = $1 or e.reporter_id = $1)
  and e.at >= $2 and e.at < $3
  and ($4::text is null or (e.at, e.claim_id) > ($4::text::timestamptz, $5))
order by e.at, e.claim_id
limit $6
