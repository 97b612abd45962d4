-- A number that was only seen beside an address is nobody's own until somebody confirms it: it stands in `numbers`, as
-- what was learnt. What an agent has confirmed stays.
INSERT INTO numbers (phone, email, source, message, at, standing)
  SELECT p.value, e.value, 'signature', 0, 0, 'learnt' FROM identifiers p
  JOIN identifiers e ON e.person = p.person AND e.kind = 'email'
  WHERE p.kind = 'phone' AND (p.confirmed = 0 OR e.confirmed = 0) ORDER BY p.value, e.value
  ON CONFLICT DO NOTHING;
DELETE FROM identifiers WHERE kind = 'phone'
  AND person IN (SELECT person FROM identifiers WHERE kind = 'email')
  AND (confirmed = 0 OR person NOT IN (SELECT person FROM identifiers WHERE kind = 'email' AND confirmed = 1));
