-- The same message has come once more: how often, and when last. Beside the messages, whose rows are long.
CREATE TABLE second_deliveries (
  message INTEGER PRIMARY KEY REFERENCES messages (id),
  times INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT;
