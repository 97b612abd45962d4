-- The numbers of a person.
CREATE INDEX numbers_by_email ON numbers (email);

-- What reports count (core/report.hpp), so that they read no journal. Null `kept`: from before this was kept. Those are
-- measured behind the commits, from the newest down; the setting tells how far that is.
ALTER TABLE cases ADD COLUMN receipt_at INTEGER;
ALTER TABLE cases ADD COLUMN reacted_at INTEGER;
ALTER TABLE cases ADD COLUMN first_answer_at INTEGER;
ALTER TABLE cases ADD COLUMN kept INTEGER;
ALTER TABLE cases ADD COLUMN broken INTEGER;
INSERT INTO settings (key, value) SELECT 'measured_from', CAST(max(number) + 1 AS TEXT) FROM cases HAVING count(*) > 0;
