-- Whether an email has an HTML version; null: it came before that was noted.
ALTER TABLE messages ADD COLUMN html INTEGER;
DROP VIEW message_rows;
CREATE VIEW message_rows AS
  SELECT m.id, m.case_number, m.outgoing, m.channel, m.sender, m.recipient, m.subject, m.text, m.at, m.automatic,
         coalesce(o.state, m.state) AS fate, m.join_reason, m.message_id, m.content_key, m.base_subject, m.notice,
         m.attachments, m.internal, m.state, m.looked_at, m.html
  FROM messages m LEFT JOIN outbox o ON o.message = m.id;

-- Who spoke last in a case, for lists: people only, no robots and none of the desk's own business. Under the number of the
-- case that lives on, where some were merged. Short, so that no list reads messages.
CREATE TABLE last_words (
  case_number INTEGER PRIMARY KEY,
  message INTEGER NOT NULL,
  at INTEGER NOT NULL,
  outgoing INTEGER NOT NULL,
  channel TEXT NOT NULL,
  sender TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
INSERT INTO last_words (case_number, message, at, outgoing, channel, sender, text)
  SELECT c.number, m.id, m.at, m.outgoing, m.channel, m.sender, replace(replace(substr(m.text, 1, 120), char(13), ''), char(10), ' ')
  FROM cases c JOIN messages m ON m.id = (SELECT id FROM messages WHERE case_number = c.number AND internal = 0
    AND automatic = 0 ORDER BY id DESC LIMIT 1) WHERE c.open = 1;

-- The last email to the client whose fate is known did not arrive.
ALTER TABLE cases ADD COLUMN mail_lost INTEGER NOT NULL DEFAULT 0;
UPDATE cases SET mail_lost = 1 WHERE open = 1 AND number IN (SELECT case_number FROM outbox WHERE state IN ('failed', 'bounced')
  AND json_extract(notice, '$.channel') = 'email' AND json_extract(notice, '$.kind') NOT IN ('alert', 'unreachable', 'left_out'));
CREATE INDEX cases_unmatched ON cases (number) WHERE open = 1 AND candidates <> '';

-- How many cases there are of each kind, always exact.
CREATE TABLE case_counts (
  state TEXT NOT NULL,
  class TEXT NOT NULL,
  cases INTEGER NOT NULL,
  PRIMARY KEY (state, class)
) STRICT, WITHOUT ROWID;
INSERT INTO case_counts (state, class, cases) SELECT state, class, count(*) FROM cases GROUP BY state, class;
CREATE TRIGGER case_counts_new AFTER INSERT ON cases BEGIN
  INSERT INTO case_counts (state, class, cases) VALUES (NEW.state, NEW.class, 1)
    ON CONFLICT (state, class) DO UPDATE SET cases = cases + 1;
END;
CREATE TRIGGER case_counts_changed AFTER UPDATE OF state, class ON cases
WHEN OLD.state <> NEW.state OR OLD.class <> NEW.class BEGIN
  UPDATE case_counts SET cases = cases - 1 WHERE state = OLD.state AND class = OLD.class;
  INSERT INTO case_counts (state, class, cases) VALUES (NEW.state, NEW.class, 1)
    ON CONFLICT (state, class) DO UPDATE SET cases = cases + 1;
END;
