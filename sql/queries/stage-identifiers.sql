-- Makes the table that the identifiers of a batch of metadata are copied into.
create temporary table staged_identifier (
  line bigint not null,
  identifier_assertion_id uuid not null,
  external_id text not null,
  scheme text not null,
  value text not null
) on commit drop
