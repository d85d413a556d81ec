-- SPDX-License-Identifier: MIT
-- What is kept for a set time bears the moment from which it counts, by the datastore's clock in milliseconds. What was
-- there before counts from now on.

-- When the deletion, or the last change after it, was applied; 0: not deleted, or the payload is gone already.
ALTER TABLE documents ADD COLUMN deleted_ms BIGINT NOT NULL DEFAULT 0;
UPDATE documents SET deleted_ms = CAST(extract(epoch FROM now()) AS BIGINT) * 1000
    WHERE position('"deleted":[true,"' IN body) > 0;
CREATE INDEX documents_deleted ON documents (account, deleted_ms, id) WHERE deleted_ms > 0;

ALTER TABLE versions ADD COLUMN made_ms BIGINT NOT NULL DEFAULT 0;
UPDATE versions SET made_ms = CAST(extract(epoch FROM now()) AS BIGINT) * 1000;

-- What is left of the tokens of old versions, which follow each other from `first` on: the beginning of each, all of one
-- length.
CREATE TABLE packed_versions (
    account BIGINT NOT NULL,
    first BIGINT NOT NULL,
    tokens TEXT NOT NULL,
    PRIMARY KEY (account, first)
);

ALTER TABLE refusals ADD COLUMN made_ms BIGINT NOT NULL DEFAULT 0;
UPDATE refusals SET made_ms = CAST(extract(epoch FROM now()) AS BIGINT) * 1000;
CREATE INDEX refusals_by_age ON refusals (account, made_ms, device, number);

-- The highest number whose refusal was forgotten.
ALTER TABLE devices ADD COLUMN forgotten BIGINT NOT NULL DEFAULT 0;

-- When a round of removals last began, whichever program began it.
CREATE TABLE sweeps (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    begun_ms BIGINT NOT NULL
);
INSERT INTO sweeps (only_row, begun_ms) VALUES (1, 0);
