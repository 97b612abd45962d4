-- A row at a random place of an index costs a page of the log by itself, so only what cannot be found otherwise
-- has such a row: a mail of ours has the number of its case in its Message-ID, a link has it in its token, a
-- short code leads to it, and the cases of a client lie under the number of a person.

DROP INDEX messages_by_message_id;
CREATE INDEX messages_by_message_id ON messages (message_id) WHERE message_id <> '' AND outgoing = 0;
DROP INDEX messages_by_case;
CREATE INDEX messages_by_case ON messages (case_number, id, notice);

-- Tokens of 26 letters are from before they began with the number.
DROP INDEX cases_by_token;
CREATE INDEX cases_by_token ON cases (token) WHERE length(token) = 26;

-- Codes from before they came from the number.
CREATE TABLE early_codes (
  code TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO early_codes (code, number) SELECT short_code, number FROM cases;
DROP INDEX cases_by_code;

-- The person whose address is client_email; 0 where there is no address.
ALTER TABLE cases ADD COLUMN client_person INTEGER NOT NULL DEFAULT 0;
CREATE TABLE strangers (
  person INTEGER PRIMARY KEY,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  organisation TEXT NOT NULL
) STRICT;
INSERT INTO strangers (person, email, name, organisation)
  SELECT (SELECT coalesce(max(id), 0) FROM people) + row_number() OVER (ORDER BY client_email), client_email,
         max(client_name), max(client_organisation)
  FROM cases WHERE client_email <> '' AND client_email NOT IN (SELECT value FROM identifiers WHERE kind = 'email')
  GROUP BY client_email;
INSERT INTO people (id, name, organisation) SELECT person, name, organisation FROM strangers;
INSERT INTO identifiers (kind, value, person, confirmed) SELECT 'email', email, person, 1 FROM strangers;
DROP TABLE strangers;
UPDATE cases SET client_person =
  (SELECT person FROM identifiers WHERE kind = 'email' AND value = client_email) WHERE client_email <> '';
DROP INDEX cases_by_email;
CREATE INDEX cases_by_person ON cases (client_person, number) WHERE open = 1 AND client_person <> 0;

-- A seal is a checksum now, as the journal's sums are.
UPDATE messages SET seal = '';
