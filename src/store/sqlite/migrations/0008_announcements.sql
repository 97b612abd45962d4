-- Emails that an SMS has announced, to count how mail arrives (core/mail_health.hpp) without replaying journals. Those from
-- before there was this table are not counted, but for the ones that are still missed.
CREATE TABLE announcements (
  case_number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  domain TEXT NOT NULL,              -- of the client's address; empty: not known
  late_ms INTEGER                    -- 0: it was here before the SMS; null: it has not come
) STRICT;
CREATE INDEX announcements_by_time ON announcements (at, case_number);
INSERT INTO announcements (case_number, at, domain, late_ms)
  SELECT number, opened_at,
         CASE WHEN instr(client_email, '@') > 0 THEN substr(client_email, instr(client_email, '@') + 1) ELSE '' END, NULL
  FROM cases WHERE open = 1 AND email_missing = 1;
