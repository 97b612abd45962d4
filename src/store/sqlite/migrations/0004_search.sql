-- The search index keeps which messages have a word and no more: neither where in them, nor how long they are. Its words
-- are cut by search_words.hpp, so the simplest tokenizer will do. The old one had other words, so it is made anew: the
-- ledger indexes from the first message on, behind everything else.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (words, content='', columnsize=0, detail=none, tokenize="ascii");
-- Segments are merged by eights, and their pages are small. With FTS5's own fours and 4,050 bytes a commit writes a tenth
-- more; with sixteens one commit in a thousand takes 160 ms, because it has a great merge to do; with pages of 4,050 bytes
-- the longest takes twice as long, and so does a search for a common word and a rare one.
INSERT INTO search (search, rank) VALUES ('automerge', 8), ('pgsz', 2000);
DELETE FROM settings WHERE key = 'indexed_upto';
