-- A mandate may be for looking only: whoever is authorised to audit reads recordings, rights, claims and disputes within it,
-- and writes nothing. Whoever acts for another says what for, and is opened what mandates for that open.

alter table mandate
  add column purpose text not null default 'administer',
  add constraint mandate_purpose_is_known check (purpose in ('administer', 'audit'));

-- What an administrator or an auditor acts for another party for.
create function caller_purpose() returns text language sql stable parallel safe
  return coalesce(nullif(current_setting('earmark.purpose', true), ''), 'administer');

alter policy mandates_in_force on mandate
  using (
    party_id = effective_party() and administrator_id = caller_party() and purpose = caller_purpose()
    and revoked_at is null and valid_from <= now() and (valid_until is null or now() < valid_until)
  );
