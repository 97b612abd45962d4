-- The search index keeps which messages have a word and no more: neither where in them, nor how long they are. Its words
-- are cut by search_words.hpp, so the simplest tokenizer will do. The old one had other words, so it is made anew: the
-- ledger indexes from the first message on, behind everything else.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (words, content='', columnsize=0, detail=none, tokenize="ascii");
-- Segments are merged by eights. At 4, FTS5's own choice, a commit writes a fifth more pages; at 16 one commit in a
-- thousand takes five times as long, because it has a great merge to do.
INSERT INTO search (search, rank) VALUES ('automerge', 8);
DELETE FROM settings WHERE key = 'indexed_upto';
