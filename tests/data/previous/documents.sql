PRAGMA application_id=0;
PRAGMA user_version=1;
BEGIN TRANSACTION;
CREATE TABLE covered (
    device TEXT PRIMARY KEY NOT NULL,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "covered" VALUES('rmwgy83oxo7vh1g',15);
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
INSERT INTO "documents" VALUES('01a217e9-70c3-753f-9ca9-4173bf93209c',1,'{"fields":{"created":["2026-11-26T12:51:44.451Z","1795697504451.0.rmwgy83oxo7vh1g"],"done":[null,"1795697504451.0.rmwgy83oxo7vh1g"],"due":["2026-12-01","1795697504451.0.rmwgy83oxo7vh1g"],"labels":[["work"],"1795697504451.0.rmwgy83oxo7vh1g"],"name":["Task 0 of the previous version","1795697504451.0.rmwgy83oxo7vh1g"],"note":["Note 0\nwith ä, ✓ and \"quotes\"","1795697504451.0.rmwgy83oxo7vh1g"],"place":["backlog","1795697504451.0.rmwgy83oxo7vh1g"],"rank":["a0jXNb","1795697504451.0.rmwgy83oxo7vh1g"],"started":[null,"1795697504451.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-70c3-753f-9ca9-4173bf93209c"}',1000000000,'{"fields":{"created":["2026-11-26T12:51:44.451Z","1795697504451.0.rmwgy83oxo7vh1g"],"done":[null,"1795697508923.0.rmwgy83oxo7vh1g"],"due":["2026-12-01","1795697504451.0.rmwgy83oxo7vh1g"],"labels":[["work"],"1795697504451.0.rmwgy83oxo7vh1g"],"name":["Task 0 of the previous version","1795697504451.0.rmwgy83oxo7vh1g"],"note":["Note 0\nwith ä, ✓ and \"quotes\"","1795697504451.0.rmwgy83oxo7vh1g"],"place":["doing","1795697508923.0.rmwgy83oxo7vh1g"],"rank":["a4jXNb","1795697508923.0.rmwgy83oxo7vh1g"],"started":["2026-11-26T12:51:48.923Z","1795697508923.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-70c3-753f-9ca9-4173bf93209c"}',1000000000,1,3,'a4jXNb',1,1);
INSERT INTO "documents" VALUES('01a217e9-7166-7e3e-b9f6-7f23c046d593',2,'{"fields":{"created":["2026-11-26T12:51:44.614Z","1795697504614.0.rmwgy83oxo7vh1g"],"done":[null,"1795697504614.0.rmwgy83oxo7vh1g"],"name":["Task 1 of the previous version","1795697504614.0.rmwgy83oxo7vh1g"],"place":["todo","1795697504614.0.rmwgy83oxo7vh1g"],"rank":["a0jXNb","1795697504614.0.rmwgy83oxo7vh1g"],"started":[null,"1795697504614.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7166-7e3e-b9f6-7f23c046d593"}',1000000000,NULL,1000000000,1,2,'a0jXNb',0,1);
INSERT INTO "documents" VALUES('01a217e9-71a8-7317-aec7-c8d5aa444e21',3,'{"fields":{"created":["2026-11-26T12:51:44.681Z","1795697504681.0.rmwgy83oxo7vh1g"],"done":[null,"1795697504681.0.rmwgy83oxo7vh1g"],"name":["Task 2 of the previous version","1795697504681.0.rmwgy83oxo7vh1g"],"place":["doing","1795697504681.0.rmwgy83oxo7vh1g"],"rank":["a0jXNb","1795697504681.0.rmwgy83oxo7vh1g"],"started":["2026-11-26T12:51:44.681Z","1795697504681.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-71a8-7317-aec7-c8d5aa444e21"}',1000000000,NULL,1000000000,1,3,'a0jXNb',0,1);
INSERT INTO "documents" VALUES('01a217e9-72f0-7379-8e23-4425f62ebf19',13,'{"fields":{"created":["2026-11-26T12:51:45.012Z","1795697505012.0.rmwgy83oxo7vh1g"],"done":["2026-11-26T12:51:46.855Z","1795697506855.0.rmwgy83oxo7vh1g"],"name":["Task 3 of the previous version","1795697505012.0.rmwgy83oxo7vh1g"],"place":["done","1795697506855.0.rmwgy83oxo7vh1g"],"rank":["a0jXNb","1795697506855.0.rmwgy83oxo7vh1g"],"started":[null,"1795697506855.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-72f0-7379-8e23-4425f62ebf19"}',2969,NULL,2969,1,4,'a0jXNb',0,1);
INSERT INTO "documents" VALUES('01a217e9-7366-7b66-bdc3-2625cb8b9373',14,'{"fields":{"created":["2026-11-26T12:51:45.126Z","1795697505126.0.rmwgy83oxo7vh1g"],"deleted":[true,"1795697506957.0.rmwgy83oxo7vh1g"],"done":[null,"1795697505126.0.rmwgy83oxo7vh1g"],"labels":[["work"],"1795697505126.0.rmwgy83oxo7vh1g"],"name":["Task 4 of the previous version","1795697505126.0.rmwgy83oxo7vh1g"],"note":["Note 4\nwith ä, ✓ and \"quotes\"","1795697505126.0.rmwgy83oxo7vh1g"],"place":["todo","1795697505126.0.rmwgy83oxo7vh1g"],"rank":["a1jXNb","1795697505126.0.rmwgy83oxo7vh1g"],"started":[null,"1795697505126.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7366-7b66-bdc3-2625cb8b9373"}',1000000000,NULL,1000000000,2,2,'a1jXNb',0,1);
INSERT INTO "documents" VALUES('01a217e9-73c7-7493-948b-b57d359a14f2',15,'{"fields":{"created":["2026-11-26T12:51:45.379Z","1795697505379.0.rmwgy83oxo7vh1g"],"done":[null,"1795697505379.0.rmwgy83oxo7vh1g"],"due":["2026-12-01","1795697505379.0.rmwgy83oxo7vh1g"],"name":["Task 5, renamed","1795697507331.0.rmwgy83oxo7vh1g"],"place":["doing","1795697505379.0.rmwgy83oxo7vh1g"],"rank":["a1jXNb","1795697505379.0.rmwgy83oxo7vh1g"],"started":["2026-11-26T12:51:45.379Z","1795697505379.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-73c7-7493-948b-b57d359a14f2"}',1000000000,NULL,1000000000,1,3,'a1jXNb',0,1);
INSERT INTO "documents" VALUES('01a217e9-756d-7b10-acc1-d38f0960e054',7,'{"fields":{"created":["2026-11-26T12:51:45.645Z","1795697505645.0.rmwgy83oxo7vh1g"],"done":[null,"1795697505645.0.rmwgy83oxo7vh1g"],"name":["Task 6 of the previous version","1795697505645.0.rmwgy83oxo7vh1g"],"place":["backlog","1795697505645.0.rmwgy83oxo7vh1g"],"rank":["a2jXNb","1795697505645.0.rmwgy83oxo7vh1g"],"started":[null,"1795697505645.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-756d-7b10-acc1-d38f0960e054"}',1000000000,NULL,1000000000,1,1,'a2jXNb',0,1);
INSERT INTO "documents" VALUES('01a217e9-7661-7acb-9313-671e62a0bb02',8,'{"fields":{"created":["2026-11-26T12:51:45.890Z","1795697505890.0.rmwgy83oxo7vh1g"],"done":[null,"1795697505890.0.rmwgy83oxo7vh1g"],"name":["Task 7 of the previous version","1795697505890.0.rmwgy83oxo7vh1g"],"place":["todo","1795697505890.0.rmwgy83oxo7vh1g"],"rank":["a2jXNb","1795697505890.0.rmwgy83oxo7vh1g"],"started":[null,"1795697505890.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7661-7acb-9313-671e62a0bb02"}',1000000000,NULL,1000000000,1,2,'a2jXNb',0,1);
INSERT INTO "documents" VALUES('01a217e9-7721-7faa-bc35-41a79786daa4',9,'{"fields":{"created":["2026-11-26T12:51:46.081Z","1795697506081.0.rmwgy83oxo7vh1g"],"done":[null,"1795697506081.0.rmwgy83oxo7vh1g"],"labels":[["work"],"1795697506081.0.rmwgy83oxo7vh1g"],"name":["Task 8 of the previous version","1795697506081.0.rmwgy83oxo7vh1g"],"note":["Note 8\nwith ä, ✓ and \"quotes\"","1795697506081.0.rmwgy83oxo7vh1g"],"place":["doing","1795697506081.0.rmwgy83oxo7vh1g"],"rank":["a2jXNb","1795697506081.0.rmwgy83oxo7vh1g"],"started":["2026-11-26T12:51:46.081Z","1795697506081.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7721-7faa-bc35-41a79786daa4"}',1000000000,NULL,1000000000,1,3,'a2jXNb',0,1);
INSERT INTO "documents" VALUES('01a217e9-7789-7500-b19e-d62bcedc3f4c',10,'{"fields":{"created":["2026-11-26T12:51:46.186Z","1795697506186.0.rmwgy83oxo7vh1g"],"done":[null,"1795697506186.0.rmwgy83oxo7vh1g"],"name":["Task 9 of the previous version","1795697506186.0.rmwgy83oxo7vh1g"],"place":["backlog","1795697506186.0.rmwgy83oxo7vh1g"],"rank":["a3jXNb","1795697506186.0.rmwgy83oxo7vh1g"],"started":[null,"1795697506186.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7789-7500-b19e-d62bcedc3f4c"}',1000000000,NULL,1000000000,1,1,'a3jXNb',0,1);
INSERT INTO "documents" VALUES('01a217e9-7835-7a08-8fce-044057ad5582',11,'{"fields":{"created":["2026-11-26T12:51:46.357Z","1795697506357.0.rmwgy83oxo7vh1g"],"done":[null,"1795697506357.0.rmwgy83oxo7vh1g"],"due":["2026-12-01","1795697506357.0.rmwgy83oxo7vh1g"],"name":["Task 10 of the previous version","1795697506357.0.rmwgy83oxo7vh1g"],"place":["todo","1795697506357.0.rmwgy83oxo7vh1g"],"rank":["a3jXNb","1795697506357.0.rmwgy83oxo7vh1g"],"started":[null,"1795697506357.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7835-7a08-8fce-044057ad5582"}',1000000000,NULL,1000000000,1,2,'a3jXNb',0,1);
INSERT INTO "documents" VALUES('01a217e9-7920-75f1-838f-2dd44eed4c8b',12,'{"fields":{"created":["2026-11-26T12:51:46.592Z","1795697506592.0.rmwgy83oxo7vh1g"],"done":[null,"1795697506592.0.rmwgy83oxo7vh1g"],"name":["Task 11 of the previous version","1795697506592.0.rmwgy83oxo7vh1g"],"place":["doing","1795697506592.0.rmwgy83oxo7vh1g"],"rank":["a3jXNb","1795697506592.0.rmwgy83oxo7vh1g"],"started":["2026-11-26T12:51:46.592Z","1795697506592.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7920-75f1-838f-2dd44eed4c8b"}',1000000000,NULL,1000000000,1,3,'a3jXNb',0,1);
INSERT INTO "documents" VALUES('01a217e9-7ece-7b39-9e15-e5d8608326ff',0,NULL,NULL,'{"fields":{"created":["2026-11-26T12:51:48.046Z","1795697508046.0.rmwgy83oxo7vh1g"],"done":[null,"1795697508046.0.rmwgy83oxo7vh1g"],"name":["Task 12, never synced","1795697508046.0.rmwgy83oxo7vh1g"],"place":["backlog","1795697508046.0.rmwgy83oxo7vh1g"],"rank":["a4jXNb","1795697508046.0.rmwgy83oxo7vh1g"],"started":[null,"1795697508046.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7ece-7b39-9e15-e5d8608326ff"}',1000000000,1,1,'a4jXNb',1,0);
INSERT INTO "documents" VALUES('01a217e9-7f93-7ee0-b612-118abd2a3f92',0,NULL,NULL,'{"fields":{"created":["2026-11-26T12:51:48.243Z","1795697508243.0.rmwgy83oxo7vh1g"],"done":[null,"1795697508243.0.rmwgy83oxo7vh1g"],"name":["Task 13, never synced","1795697508243.0.rmwgy83oxo7vh1g"],"place":["backlog","1795697508243.0.rmwgy83oxo7vh1g"],"rank":["a5jXNb","1795697508243.0.rmwgy83oxo7vh1g"],"started":[null,"1795697508243.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7f93-7ee0-b612-118abd2a3f92"}',1000000000,1,1,'a5jXNb',1,0);
INSERT INTO "documents" VALUES('01a217e9-803c-7585-9e30-efd34666bc3b',0,NULL,NULL,'{"fields":{"created":["2026-11-26T12:51:48.418Z","1795697508418.0.rmwgy83oxo7vh1g"],"done":[null,"1795697508418.0.rmwgy83oxo7vh1g"],"name":["Task 14, never synced","1795697508418.0.rmwgy83oxo7vh1g"],"place":["backlog","1795697508418.0.rmwgy83oxo7vh1g"],"rank":["a6jXNb","1795697508418.0.rmwgy83oxo7vh1g"],"started":[null,"1795697508418.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-803c-7585-9e30-efd34666bc3b"}',1000000000,1,1,'a6jXNb',1,0);
INSERT INTO "documents" VALUES('01a217e9-80ea-773c-9129-bcc8c57023b1',0,NULL,NULL,'{"fields":{"created":["2026-11-26T12:51:48.587Z","1795697508587.0.rmwgy83oxo7vh1g"],"done":[null,"1795697508587.0.rmwgy83oxo7vh1g"],"name":["Task 15, never synced","1795697508587.0.rmwgy83oxo7vh1g"],"place":["backlog","1795697508587.0.rmwgy83oxo7vh1g"],"rank":["a7jXNb","1795697508587.0.rmwgy83oxo7vh1g"],"started":[null,"1795697508587.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-80ea-773c-9129-bcc8c57023b1"}',1000000000,1,1,'a7jXNb',1,0);
CREATE TABLE meta (
    key TEXT PRIMARY KEY NOT NULL,
    value ANY
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('account','01a217e9-6ee7-73b4-b6bc-719ec1efb14a');
INSERT INTO "meta" VALUES('clock_ms',1795697507331);
INSERT INTO "meta" VALUES('cursor_token','5fffb8757fbedeee');
INSERT INTO "meta" VALUES('cursor_version',15);
INSERT INTO "meta" VALUES('generation',1);
INSERT INTO "meta" VALUES('has_cursor',1);
INSERT INTO "meta" VALUES('incarnation','41155d6e8692585cb18d6e888ad8d484');
INSERT INTO "meta" VALUES('last_sync_ms',1795697507673);
INSERT INTO "meta" VALUES('reflected',35);
INSERT INTO "meta" VALUES('window_from',2960);
CREATE TABLE staged (
    seq INTEGER PRIMARY KEY,
    chunk TEXT NOT NULL              -- a JSON array of documents
) STRICT;
CREATE INDEX documents_bucket ON documents (bucket);
CREATE INDEX documents_rank ON documents (place, rank, id) WHERE shown = 1;
CREATE INDEX documents_base ON documents (base_bucket, id) WHERE base_bucket IS NOT NULL;
COMMIT;
