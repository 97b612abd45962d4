-- What SMS are matched by, beside people and their cases.

-- A number that was seen beside an address: in a signature, in an SMS that named the address. Weak evidence until an agent
-- confirms it; what was refused stays here, so that it is not learnt again.
CREATE TABLE numbers (
  id INTEGER PRIMARY KEY,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  source TEXT NOT NULL,              -- signature, sms, agent
  message INTEGER NOT NULL,          -- where it was seen first; 0: unknown
  at INTEGER NOT NULL,
  standing TEXT NOT NULL,            -- learnt, confirmed, refused
  decided_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX numbers_by_phone ON numbers (phone, email);
INSERT INTO numbers (phone, email, source, message, at, standing)
  SELECT p.value, e.value, 'signature', 0, 0, 'learnt' FROM identifiers p JOIN identifiers e ON e.person = p.person
  WHERE p.kind = 'phone' AND e.kind = 'email' AND p.confirmed = 0 ORDER BY p.value, e.value;

-- What an agent has said of a number's SMS: they do not belong in this case; or (case 0) in none at all.
CREATE TABLE refused_cases (
  phone TEXT NOT NULL,
  case_number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  PRIMARY KEY (phone, case_number)
) STRICT, WITHOUT ROWID;

-- The cases of those who write from an organisation's own domain. Closed ones stay: a row is written once.
CREATE TABLE organisation_cases (
  domain TEXT NOT NULL,
  case_number INTEGER NOT NULL,
  PRIMARY KEY (domain, case_number)
) STRICT, WITHOUT ROWID;
INSERT INTO organisation_cases (domain, case_number)
  SELECT substr(client_email, instr(client_email, '@') + 1), number FROM cases WHERE open = 1 AND instr(client_email, '@') > 0;
CREATE INDEX people_by_organisation ON people (organisation) WHERE organisation <> '';
