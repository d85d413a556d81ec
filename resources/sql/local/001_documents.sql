-- SPDX-License-Identifier: MIT
-- documents.db: what the outbox and the datastore can rebuild.

-- account, incarnation, cursor_version, cursor_token: the base is of that place in that history;
-- reflected: the outbox's change number that the views contain; window_from: the oldest week that was
-- fetched whole; clock_ms, clock_counter: the greatest stamp seen; generation; last_sync_ms; last_doctor_ms.
CREATE TABLE meta (
    key TEXT PRIMARY KEY NOT NULL,
    value ANY
) STRICT, WITHOUT ROWID;

-- The number up to which the base contains a device id's commands.
CREATE TABLE covered (
    device TEXT PRIMARY KEY NOT NULL,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
    id TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,        -- of the base; 0: there is none
    base TEXT,                       -- the document as the datastore last gave it
    base_bucket INTEGER,             -- its week's index, or 1000000000 for open
    view TEXT,                       -- base with the commands not covered merged over it; null: the same
    bucket INTEGER NOT NULL,         -- of the view
    shown INTEGER NOT NULL,          -- 0 hidden (no name yet), 1 visible, 2 deleted
    place INTEGER NOT NULL,          -- 1 backlog, 2 todo, 3 doing, 4 done
    rank TEXT NOT NULL,
    pending INTEGER NOT NULL,        -- 1: a command for it is not covered
    generation INTEGER NOT NULL      -- of the full fetch that last brought it
) STRICT;

CREATE INDEX documents_bucket ON documents (bucket);
CREATE INDEX documents_rank ON documents (place, rank, id) WHERE shown = 1;
CREATE INDEX documents_base ON documents (base_bucket, id) WHERE base_bucket IS NOT NULL;

-- Documents of a fetch under way, more than memory should hold.
CREATE TABLE staged (
    seq INTEGER PRIMARY KEY,
    chunk TEXT NOT NULL              -- a JSON array of documents
) STRICT;
