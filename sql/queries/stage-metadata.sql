-- Makes the table that a batch of metadata is copied into. Temporary, because COPY does not write a table under
-- row-level security; what is in it goes through the policies when it is merged.
create temporary table staged_metadata (
  line bigint not null,
  -- Of the recording, where there is none yet.
  recording_id uuid not null,
  external_id text not null,
  title text,
  artist text,
  label text,
  release_date text,
  version text,
  known_id uuid,
  is_changed boolean not null default false
) on commit drop
