-- Outages (kind 1) and callbacks (kind 2): each has a journal and one alarm, and is nothing but its journal.
CREATE TABLE records (
  kind INTEGER NOT NULL,
  id INTEGER NOT NULL,
  open INTEGER NOT NULL,
  alarm_at INTEGER,
  entries INTEGER NOT NULL,          -- of its journal
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_open ON records (kind, id) WHERE open = 1;
CREATE INDEX records_by_alarm ON records (kind, alarm_at) WHERE alarm_at IS NOT NULL;

CREATE TABLE record_journal (
  kind INTEGER NOT NULL,
  id INTEGER NOT NULL,
  seq INTEGER NOT NULL,              -- of the first entry in the row
  at INTEGER NOT NULL,
  entries TEXT NOT NULL,
  sum INTEGER NOT NULL,              -- over everything that the row says
  PRIMARY KEY (kind, id, seq)
) STRICT, WITHOUT ROWID;

-- The latest callback of each number that has called.
CREATE TABLE callback_phones (
  phone TEXT PRIMARY KEY,
  callback INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
