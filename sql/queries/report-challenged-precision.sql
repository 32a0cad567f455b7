-- Hands, for each claimant, how many claims it raised in a period, and what became of those that were disputed.
--   $1 uuid         one of whose sides a claim must be, or null for anybody's
--   $2 timestamptz  the first instant of the period
--   $3 timestamptz  the first instant after it
--   $4 text[]       states of a dispute that the uploader won
--   $5 text[]       states of a dispute that waits for the claimant
--   $6 bigint       how many claimants at most
select party_id, party_name(party_id) as party, count(*) as claim_count, count(verdict) as disputed_count,
  count(*) filter (where verdict = 'fallen') as fallen_count,
  count(*) filter (where verdict = 'stood') as stood_count,
  count(*) filter (where verdict = 'pending') as pending_count
from (
  select e.party_id, (
      select case
          when bool_or(d.state = any ($4::text[])) then 'fallen'
          when bool_or(d.state = any ($5::text[])) then 'pending'
          else 'stood'
        end
      from dispute d
      where d.claim_id = e.claim_id
      having count(*) > 0
    ) as verdict
  from claim_event e
  where e.entry_number = 1
    and ($1::uuid is null or e.party_id = $1 or e.reporter_id = $1)
    and e.at >= $2 and e.at < $3
) as raised
group by party_id
order by claim_count desc, party_id
limit $6
