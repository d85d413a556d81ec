-- SPDX-License-Identifier: MIT
-- The ledger of all accounts. Everything is keyed by the account first. Statements end with ';' at a line's end.

-- A number for each account keeps the indexes small; the UUID is what daemons know.
CREATE TABLE accounts (
    account INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    incarnation TEXT NOT NULL,
    version BIGINT NOT NULL,
    token TEXT NOT NULL,
    greatest_ms BIGINT NOT NULL,
    greatest_counter BIGINT NOT NULL,
    created_ms BIGINT NOT NULL
);

-- Access tokens of an account: only their SHA-256, in hexadecimal.
CREATE TABLE access_tokens (
    hash TEXT PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (account),
    created_ms BIGINT NOT NULL,
    used_ms BIGINT
);
CREATE INDEX access_tokens_of ON access_tokens (account);

-- The history token of each version.
CREATE TABLE versions (
    account INTEGER NOT NULL,
    version BIGINT NOT NULL,
    token TEXT NOT NULL,
    PRIMARY KEY (account, version)
);

-- How far the commands of a device id are applied; the chain's hash in hexadecimal.
CREATE TABLE devices (
    account INTEGER NOT NULL,
    device TEXT NOT NULL,
    last BIGINT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (account, device)
);

CREATE TABLE refusals (
    account INTEGER NOT NULL,
    device TEXT NOT NULL,
    number BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (account, device, number)
);

-- bucket: the ISO week's index since 1970, or 1000000000 for what is not done.
CREATE TABLE documents (
    account INTEGER NOT NULL,
    id TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE INDEX documents_by_bucket ON documents (account, bucket, id);
CREATE INDEX documents_by_version ON documents (account, version, id);
