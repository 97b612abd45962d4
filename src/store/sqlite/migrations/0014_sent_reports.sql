-- Reports that we have sent to providers are records of kind 3. Beside their journals lies what was sent and
-- what came back.
CREATE TABLE report_messages (
  id INTEGER PRIMARY KEY,
  report INTEGER NOT NULL,
  n INTEGER NOT NULL,                -- of the sending; 0: it came in
  channel TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  message_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  sum TEXT NOT NULL,                 -- SHA-256 of the original bytes, of the text where there are none
  raw BLOB                           -- compressed
) STRICT;
CREATE INDEX report_messages_of ON report_messages (report, id);

CREATE TABLE report_files (
  report INTEGER NOT NULL,
  n INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  bytes BLOB NOT NULL,               -- compressed
  PRIMARY KEY (report, n)
) STRICT, WITHOUT ROWID;

-- The latest report of each alert.
CREATE TABLE report_keys (
  key TEXT PRIMARY KEY,
  report INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
