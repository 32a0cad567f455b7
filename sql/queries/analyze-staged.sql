-- Counts what is staged, which nobody else does with temporary tables: joins are planned by it.
analyze staged_metadata, staged_identifier
