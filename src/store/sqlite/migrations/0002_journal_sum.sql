-- A checksum over each row of the journal: what nobody reads for years can go bad without a word. 0: written before
-- there was one.
ALTER TABLE journal ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
