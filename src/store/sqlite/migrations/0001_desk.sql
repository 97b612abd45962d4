-- The first schema. Times are milliseconds since 1970 UTC; names of states and kinds are those of core/types.hpp.

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened. One row for each decision, its entries as a JSON list; `seq` is the number of its first entry.
CREATE TABLE journal (
  case_number INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  entries TEXT NOT NULL,
  PRIMARY KEY (case_number, seq)
) STRICT, WITHOUT ROWID;

-- What the case is after its journal: everything here can be rebuilt from there.
CREATE TABLE cases (
  number INTEGER PRIMARY KEY,
  state TEXT NOT NULL,
  open INTEGER NOT NULL,             -- not closed
  failure INTEGER NOT NULL DEFAULT 0,  -- denies the all-clear
  class TEXT NOT NULL,
  class_reason TEXT NOT NULL,
  email_missing INTEGER NOT NULL,
  candidates TEXT NOT NULL,          -- numbers, by comma
  step INTEGER NOT NULL,
  subject TEXT NOT NULL,
  client_name TEXT NOT NULL,
  client_email TEXT NOT NULL,
  client_phone TEXT NOT NULL,
  client_organisation TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  read_at INTEGER,
  answered_at INTEGER,
  settled_at INTEGER,
  next_what TEXT,
  next_by_desk INTEGER,
  next_due INTEGER,
  next_why TEXT,
  alarm_at INTEGER,                  -- null only when closed
  short_code TEXT NOT NULL,
  token TEXT NOT NULL,
  merged_into INTEGER NOT NULL DEFAULT 0,
  entries INTEGER NOT NULL           -- how many the journal has
) STRICT;
CREATE INDEX cases_by_alarm ON cases (alarm_at, number) WHERE alarm_at IS NOT NULL;
CREATE INDEX cases_adrift ON cases (number) WHERE open = 1 AND alarm_at IS NULL;  -- stays empty
CREATE INDEX cases_by_due ON cases (next_due, number) WHERE open = 1;
CREATE INDEX cases_by_failure ON cases (number) WHERE failure = 1;
CREATE UNIQUE INDEX cases_by_code ON cases (short_code);
CREATE UNIQUE INDEX cases_by_token ON cases (token);
CREATE INDEX cases_by_email ON cases (client_email, number) WHERE open = 1 AND client_email <> '';
CREATE INDEX cases_by_phone ON cases (client_phone, number) WHERE open = 1 AND client_phone <> '';
CREATE INDEX cases_without_email ON cases (number) WHERE open = 1 AND email_missing = 1;
CREATE INDEX cases_by_merge ON cases (merged_into) WHERE merged_into <> 0;
CREATE INDEX cases_merged_by_email ON cases (client_email, number) WHERE merged_into <> 0 AND client_email <> '';

CREATE TABLE participants (
  case_number INTEGER NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (case_number, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  case_number INTEGER NOT NULL,      -- 0: set aside
  outgoing INTEGER NOT NULL,
  channel TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  at INTEGER NOT NULL,
  automatic INTEGER NOT NULL,
  internal INTEGER NOT NULL DEFAULT 0, -- the desk's own business: no client sees it
  state TEXT NOT NULL,
  join_reason TEXT NOT NULL,
  message_id TEXT NOT NULL,
  content_key TEXT NOT NULL,
  base_subject TEXT NOT NULL,
  notice INTEGER NOT NULL DEFAULT 0,
  attachments TEXT NOT NULL,         -- JSON list, or empty
  looked_at INTEGER,                 -- of set-aside mail
  seal TEXT NOT NULL DEFAULT ''      -- a hash of what was said, so that `verify` sees a change by hand
) STRICT;
CREATE INDEX messages_by_case ON messages (case_number, id);
CREATE INDEX messages_set_aside ON messages (id) WHERE case_number = 0 AND state = 'set_aside' AND looked_at IS NULL;
CREATE INDEX messages_by_message_id ON messages (message_id) WHERE message_id <> '';

-- Original bytes. The row of piece n of message m is m * 1024 + n; a piece is compressed here or lies in `blobs`.
CREATE TABLE raw_pieces (
  id INTEGER PRIMARY KEY,
  hash TEXT,
  frame BLOB
) STRICT;
CREATE TABLE blobs (
  hash TEXT PRIMARY KEY,             -- BLAKE2b of the bytes as they came
  frame BLOB NOT NULL                -- compressed
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (words, content='', tokenize="unicode61 remove_diacritics 0");

CREATE TABLE outbox (
  message INTEGER PRIMARY KEY,       -- of `messages`
  case_number INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  next_try_at INTEGER NOT NULL,
  last_error TEXT NOT NULL DEFAULT '',
  notice TEXT NOT NULL               -- JSON
) STRICT;
CREATE INDEX outbox_queued ON outbox (next_try_at, message) WHERE state = 'queued';
CREATE INDEX outbox_pending ON outbox (state, message) WHERE state IN ('handing_over', 'unknown', 'failed', 'bounced');

CREATE TABLE people (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  organisation TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE identifiers (
  kind TEXT NOT NULL,                -- email, phone
  value TEXT NOT NULL,
  person INTEGER NOT NULL REFERENCES people (id),
  confirmed INTEGER NOT NULL,        -- 0: learnt, weak evidence
  PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifiers_by_person ON identifiers (person);

CREATE TABLE procedures (
  version TEXT PRIMARY KEY,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
