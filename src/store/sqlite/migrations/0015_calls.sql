-- Calls that are noted in no case: of callers who withhold their number.
CREATE INDEX messages_calls_of_no_case ON messages (id) WHERE case_number = 0 AND channel = 'call';
