-- Hands disputes that were opened in a period, in the order of time, from after a place.
--   $1 uuid         one of whose sides it must be, or null for anybody's
--   $2 timestamptz  the first instant of the period
--   $3 timestamptz  the first instant after it
--   $4 text         the place of the last dispute already seen, or null to start
--   $5 uuid         that dispute, or null to start
--   $6 bigint       how many at most
select e.at::text as place, e.at as opened_at, d.dispute_id, d.claim_id, d.party_id, party_name(d.party_id) as party,
  d.reporter_id, party_name(d.reporter_id) as reporter, d.dispute_reason, d.state, d.entered_at, d.deadline_at,
  c.state as claim_state, c.action, c.upload, c.recording
from dispute_event e
join dispute d on d.dispute_id = e.dispute_id
join claim c on c.claim_id = d.claim_id
where e.entry_number = 1
  and ($1::uuid is null or e.party_id = $1 or e.reporter_id = $1)
  and e.at >= $2 and e.at < $3
  and ($4::text is null or (e.at, e.dispute_id) > ($4::text::timestamptz, $5))
order by e.at, e.dispute_id
limit $6
