-- SPDX-License-Identifier: MIT
-- Appended rows need no index to be found by their change number, which ascends with seq: a Send is spared
-- one. `change` now stays the number of the append, and `altered` is that of the last change after it.
ALTER TABLE commands ADD COLUMN altered INTEGER;  -- null: never changed since it was appended
-- Until now one column stood for both, so every row may have been changed.
UPDATE commands SET altered = change;
DROP INDEX commands_change;
CREATE INDEX commands_altered ON commands (altered) WHERE altered IS NOT NULL;
