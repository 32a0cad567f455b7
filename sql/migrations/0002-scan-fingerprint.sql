-- What was scanned, so that a scan can be explained later. It goes with its scan, and long before it: how long it is
-- kept is a setting.
create table scan_fingerprint (
  scan_id uuid not null,
  bytes bytea not null,
  created_at timestamptz not null default now(),
  constraint scan_fingerprint_pk primary key (scan_id),
  constraint scan_fingerprint_of_scan foreign key (scan_id) references scan (scan_id) on delete cascade,
  constraint scan_fingerprint_is_not_empty check (octet_length(bytes) > 0)
);
create index scan_fingerprint_by_age on scan_fingerprint (created_at);
-- Peaks do not compress: the default would spend CPU on trying.
alter table scan_fingerprint alter column bytes set storage external;
