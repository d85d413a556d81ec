-- SPDX-License-Identifier: MIT
-- What each transaction of an account reads, locks and writes stands apart from what only its operator changes.

CREATE TABLE heads (
    account INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    version BIGINT NOT NULL,
    token TEXT NOT NULL,
    greatest_ms BIGINT NOT NULL,
    greatest_counter BIGINT NOT NULL
);
INSERT INTO heads (account, id, incarnation, version, token, greatest_ms, greatest_counter)
    SELECT account, id, incarnation, version, token, greatest_ms, greatest_counter FROM accounts;
ALTER TABLE accounts DROP COLUMN incarnation;
ALTER TABLE accounts DROP COLUMN version;
ALTER TABLE accounts DROP COLUMN token;
ALTER TABLE accounts DROP COLUMN greatest_ms;
ALTER TABLE accounts DROP COLUMN greatest_counter;
