-- Fewer pages for each mail. A row of the journal is longer than a table without rowid likes to hold (each took an
-- overflow page of its own), and what became of an outgoing message is said once, in the outbox.

CREATE TABLE journal_rows (
  id INTEGER PRIMARY KEY,            -- number of the case * 1048576 + number of the row's first entry
  at INTEGER NOT NULL,
  entries TEXT NOT NULL,
  sum INTEGER NOT NULL
) STRICT;
-- The sum was another one before; without it a row counts as one from before there were sums.
INSERT INTO journal_rows (id, at, entries, sum)
  SELECT case_number * 1048576 + seq, at, entries, 0 FROM journal ORDER BY case_number, seq;
DROP TABLE journal;
ALTER TABLE journal_rows RENAME TO journal;

-- A message as the program reads it.
CREATE VIEW message_rows AS
  SELECT m.id, m.case_number, m.outgoing, m.channel, m.sender, m.recipient, m.subject, m.text, m.at, m.automatic,
         coalesce(o.state, m.state) AS fate, m.join_reason, m.message_id, m.content_key, m.base_subject, m.notice,
         m.attachments, m.internal, m.state, m.looked_at
  FROM messages m LEFT JOIN outbox o ON o.message = m.id;
