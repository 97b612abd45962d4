-- Whether an email has an HTML version; null: it came before that was noted.
ALTER TABLE messages ADD COLUMN html INTEGER;
DROP VIEW message_rows;
CREATE VIEW message_rows AS
  SELECT m.id, m.case_number, m.outgoing, m.channel, m.sender, m.recipient, m.subject, m.text, m.at, m.automatic,
         coalesce(o.state, m.state) AS fate, m.join_reason, m.message_id, m.content_key, m.base_subject, m.notice,
         m.attachments, m.internal, m.state, m.looked_at, m.html
  FROM messages m LEFT JOIN outbox o ON o.message = m.id;
