-- What a number has said about SMS to it. `stopped_at`: since when none may go there.
CREATE TABLE sms_contacts (
  phone TEXT PRIMARY KEY,
  stopped_at INTEGER,
  confirmed_at INTEGER,              -- when STOP or START was last answered
  helped_at INTEGER,
  changed_by TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- The codes that were printed in alerts to a person on call: what "11" means to whom.
CREATE TABLE alert_codes (
  phone TEXT NOT NULL,
  slot INTEGER NOT NULL,
  case_number INTEGER NOT NULL,
  printed_at INTEGER NOT NULL,
  PRIMARY KEY (phone, slot)
) STRICT, WITHOUT ROWID;

-- Which gateway was given an SMS of the outbox. Written before it is, so that after a crash the right one is asked.
CREATE TABLE sms_handed (
  message INTEGER PRIMARY KEY,
  gateway TEXT NOT NULL,
  gateway_id TEXT NOT NULL,          -- the gateway's own
  asked INTEGER NOT NULL,            -- how often its report was asked for
  ask_at INTEGER                     -- null: no more
) STRICT;
CREATE INDEX sms_to_ask ON sms_handed (ask_at) WHERE ask_at IS NOT NULL;
