-- SPDX-License-Identifier: MIT
-- outbox.db: the durable log of this device's commands. Precious: nothing rebuilds it.

-- account (UUID), change (greatest change number ever given), clock_ms and clock_counter (greatest
-- stamp given), offset_ms (the datastore's clock less ours), paused (0 or 1),
-- paused_until_ms (by our clock; 0: until somebody resumes).
CREATE TABLE meta (
    key TEXT PRIMARY KEY NOT NULL,
    value ANY
) STRICT, WITHOUT ROWID;

-- The device ids that this outbox has numbered commands under.
CREATE TABLE devices (
    ref INTEGER PRIMARY KEY,
    device TEXT NOT NULL UNIQUE,
    current INTEGER NOT NULL,           -- 1: new commands are numbered here; exactly one row
    confirmed INTEGER NOT NULL,         -- the datastore has confirmed all commands up to this number
    pruned_number INTEGER NOT NULL,     -- commands up to this number are no longer kept
    pruned_hash BLOB NOT NULL           -- the chain's hash at pruned_number
) STRICT;

CREATE TABLE commands (
    seq INTEGER PRIMARY KEY,            -- the order in which they were made
    device INTEGER REFERENCES devices,  -- null: no longer numbered: rejected, or kept after a fork
    number INTEGER,                     -- from 1 without gaps in each device
    command_id TEXT NOT NULL,
    what INTEGER NOT NULL,              -- 1 new, 2 update, 3 delete
    task TEXT NOT NULL,
    payload TEXT NOT NULL,              -- complete, canonical JSON
    stamp_ms INTEGER NOT NULL,
    stamp_counter INTEGER NOT NULL,
    stamp_origin TEXT NOT NULL,
    seen_ms INTEGER NOT NULL,           -- the greatest stamp of the base that the command was made over
    seen_counter INTEGER NOT NULL,
    hash BLOB NOT NULL,                 -- the chain's hash with this command
    state INTEGER NOT NULL,             -- 0 pending, 1 confirmed, 2 rejected, 3 discarded, 4 retried
    accepted INTEGER NOT NULL,          -- 0 never, 1 by an answer of Apply, 2 by a hello
    change INTEGER NOT NULL,            -- the change number of the row's last change
    reason TEXT                         -- why it was rejected
) STRICT;

CREATE UNIQUE INDEX commands_number ON commands (device, number) WHERE device IS NOT NULL;
-- A retried command stands twice: once retried, once under its new number.
CREATE UNIQUE INDEX commands_id ON commands (command_id) WHERE state <> 4;
CREATE INDEX commands_task ON commands (task);
CREATE INDEX commands_change ON commands (change);
CREATE INDEX commands_rejected ON commands (state) WHERE state = 2;
