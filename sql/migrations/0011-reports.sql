-- Reports go through a period in the order of time: what was raised, opened or found in it, and nothing before it.

create index claim_event_by_raising on claim_event (at, claim_id) where entry_number = 1;
create index dispute_event_by_opening on dispute_event (at, dispute_id) where entry_number = 1;
create index submission_match_by_time on submission_match (created_at, submission_match_id);
