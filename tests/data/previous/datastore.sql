PRAGMA application_id=1214334067;
PRAGMA user_version=3;
BEGIN TRANSACTION;
CREATE TABLE access_tokens (
    hash TEXT PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (account),
    created_ms BIGINT NOT NULL,
    used_ms BIGINT
);
INSERT INTO "access_tokens" VALUES('b6fc2c2f7afdc3b09976c810fb2dd731dab1bda930f99cecd8a398be2404fa35',1,1795697504125,1795697504361);
CREATE TABLE accounts (
    account INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    created_ms BIGINT NOT NULL
);
INSERT INTO "accounts" VALUES(1,'01a217e9-6ee7-73b4-b6bc-719ec1efb14a','me',1795697503975);
CREATE TABLE devices (
    account INTEGER NOT NULL,
    device TEXT NOT NULL,
    last BIGINT NOT NULL,
    hash TEXT NOT NULL, forgotten BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (account, device)
);
INSERT INTO "devices" VALUES(1,'rmwgy83oxo7vh1g',15,'bb40655a655c4a8ed93a39ef5767cf4e531ec749a3a30eb3ad0cfe229e726ebc',0);
CREATE TABLE documents (
    account INTEGER NOT NULL,
    id TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL, deleted_ms BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
);
INSERT INTO "documents" VALUES(1,'01a217e9-70c3-753f-9ca9-4173bf93209c',1000000000,1,'{"fields":{"created":["2026-11-26T12:51:44.451Z","1795697504451.0.rmwgy83oxo7vh1g"],"done":[null,"1795697504451.0.rmwgy83oxo7vh1g"],"due":["2026-12-01","1795697504451.0.rmwgy83oxo7vh1g"],"labels":[["work"],"1795697504451.0.rmwgy83oxo7vh1g"],"name":["Task 0 of the previous version","1795697504451.0.rmwgy83oxo7vh1g"],"note":["Note 0\nwith ä, ✓ and \"quotes\"","1795697504451.0.rmwgy83oxo7vh1g"],"place":["backlog","1795697504451.0.rmwgy83oxo7vh1g"],"rank":["a0jXNb","1795697504451.0.rmwgy83oxo7vh1g"],"started":[null,"1795697504451.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-70c3-753f-9ca9-4173bf93209c"}',0);
INSERT INTO "documents" VALUES(1,'01a217e9-7166-7e3e-b9f6-7f23c046d593',1000000000,2,'{"fields":{"created":["2026-11-26T12:51:44.614Z","1795697504614.0.rmwgy83oxo7vh1g"],"done":[null,"1795697504614.0.rmwgy83oxo7vh1g"],"name":["Task 1 of the previous version","1795697504614.0.rmwgy83oxo7vh1g"],"place":["todo","1795697504614.0.rmwgy83oxo7vh1g"],"rank":["a0jXNb","1795697504614.0.rmwgy83oxo7vh1g"],"started":[null,"1795697504614.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7166-7e3e-b9f6-7f23c046d593"}',0);
INSERT INTO "documents" VALUES(1,'01a217e9-71a8-7317-aec7-c8d5aa444e21',1000000000,3,'{"fields":{"created":["2026-11-26T12:51:44.681Z","1795697504681.0.rmwgy83oxo7vh1g"],"done":[null,"1795697504681.0.rmwgy83oxo7vh1g"],"name":["Task 2 of the previous version","1795697504681.0.rmwgy83oxo7vh1g"],"place":["doing","1795697504681.0.rmwgy83oxo7vh1g"],"rank":["a0jXNb","1795697504681.0.rmwgy83oxo7vh1g"],"started":["2026-11-26T12:51:44.681Z","1795697504681.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-71a8-7317-aec7-c8d5aa444e21"}',0);
INSERT INTO "documents" VALUES(1,'01a217e9-72f0-7379-8e23-4425f62ebf19',2969,13,'{"fields":{"created":["2026-11-26T12:51:45.012Z","1795697505012.0.rmwgy83oxo7vh1g"],"done":["2026-11-26T12:51:46.855Z","1795697506855.0.rmwgy83oxo7vh1g"],"name":["Task 3 of the previous version","1795697505012.0.rmwgy83oxo7vh1g"],"place":["done","1795697506855.0.rmwgy83oxo7vh1g"],"rank":["a0jXNb","1795697506855.0.rmwgy83oxo7vh1g"],"started":[null,"1795697506855.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-72f0-7379-8e23-4425f62ebf19"}',0);
INSERT INTO "documents" VALUES(1,'01a217e9-7366-7b66-bdc3-2625cb8b9373',1000000000,14,'{"fields":{"created":["2026-11-26T12:51:45.126Z","1795697505126.0.rmwgy83oxo7vh1g"],"deleted":[true,"1795697506957.0.rmwgy83oxo7vh1g"],"done":[null,"1795697505126.0.rmwgy83oxo7vh1g"],"labels":[["work"],"1795697505126.0.rmwgy83oxo7vh1g"],"name":["Task 4 of the previous version","1795697505126.0.rmwgy83oxo7vh1g"],"note":["Note 4\nwith ä, ✓ and \"quotes\"","1795697505126.0.rmwgy83oxo7vh1g"],"place":["todo","1795697505126.0.rmwgy83oxo7vh1g"],"rank":["a1jXNb","1795697505126.0.rmwgy83oxo7vh1g"],"started":[null,"1795697505126.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7366-7b66-bdc3-2625cb8b9373"}',1795697507016);
INSERT INTO "documents" VALUES(1,'01a217e9-73c7-7493-948b-b57d359a14f2',1000000000,15,'{"fields":{"created":["2026-11-26T12:51:45.379Z","1795697505379.0.rmwgy83oxo7vh1g"],"done":[null,"1795697505379.0.rmwgy83oxo7vh1g"],"due":["2026-12-01","1795697505379.0.rmwgy83oxo7vh1g"],"name":["Task 5, renamed","1795697507331.0.rmwgy83oxo7vh1g"],"place":["doing","1795697505379.0.rmwgy83oxo7vh1g"],"rank":["a1jXNb","1795697505379.0.rmwgy83oxo7vh1g"],"started":["2026-11-26T12:51:45.379Z","1795697505379.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-73c7-7493-948b-b57d359a14f2"}',0);
INSERT INTO "documents" VALUES(1,'01a217e9-756d-7b10-acc1-d38f0960e054',1000000000,7,'{"fields":{"created":["2026-11-26T12:51:45.645Z","1795697505645.0.rmwgy83oxo7vh1g"],"done":[null,"1795697505645.0.rmwgy83oxo7vh1g"],"name":["Task 6 of the previous version","1795697505645.0.rmwgy83oxo7vh1g"],"place":["backlog","1795697505645.0.rmwgy83oxo7vh1g"],"rank":["a2jXNb","1795697505645.0.rmwgy83oxo7vh1g"],"started":[null,"1795697505645.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-756d-7b10-acc1-d38f0960e054"}',0);
INSERT INTO "documents" VALUES(1,'01a217e9-7661-7acb-9313-671e62a0bb02',1000000000,8,'{"fields":{"created":["2026-11-26T12:51:45.890Z","1795697505890.0.rmwgy83oxo7vh1g"],"done":[null,"1795697505890.0.rmwgy83oxo7vh1g"],"name":["Task 7 of the previous version","1795697505890.0.rmwgy83oxo7vh1g"],"place":["todo","1795697505890.0.rmwgy83oxo7vh1g"],"rank":["a2jXNb","1795697505890.0.rmwgy83oxo7vh1g"],"started":[null,"1795697505890.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7661-7acb-9313-671e62a0bb02"}',0);
INSERT INTO "documents" VALUES(1,'01a217e9-7721-7faa-bc35-41a79786daa4',1000000000,9,'{"fields":{"created":["2026-11-26T12:51:46.081Z","1795697506081.0.rmwgy83oxo7vh1g"],"done":[null,"1795697506081.0.rmwgy83oxo7vh1g"],"labels":[["work"],"1795697506081.0.rmwgy83oxo7vh1g"],"name":["Task 8 of the previous version","1795697506081.0.rmwgy83oxo7vh1g"],"note":["Note 8\nwith ä, ✓ and \"quotes\"","1795697506081.0.rmwgy83oxo7vh1g"],"place":["doing","1795697506081.0.rmwgy83oxo7vh1g"],"rank":["a2jXNb","1795697506081.0.rmwgy83oxo7vh1g"],"started":["2026-11-26T12:51:46.081Z","1795697506081.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7721-7faa-bc35-41a79786daa4"}',0);
INSERT INTO "documents" VALUES(1,'01a217e9-7789-7500-b19e-d62bcedc3f4c',1000000000,10,'{"fields":{"created":["2026-11-26T12:51:46.186Z","1795697506186.0.rmwgy83oxo7vh1g"],"done":[null,"1795697506186.0.rmwgy83oxo7vh1g"],"name":["Task 9 of the previous version","1795697506186.0.rmwgy83oxo7vh1g"],"place":["backlog","1795697506186.0.rmwgy83oxo7vh1g"],"rank":["a3jXNb","1795697506186.0.rmwgy83oxo7vh1g"],"started":[null,"1795697506186.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7789-7500-b19e-d62bcedc3f4c"}',0);
INSERT INTO "documents" VALUES(1,'01a217e9-7835-7a08-8fce-044057ad5582',1000000000,11,'{"fields":{"created":["2026-11-26T12:51:46.357Z","1795697506357.0.rmwgy83oxo7vh1g"],"done":[null,"1795697506357.0.rmwgy83oxo7vh1g"],"due":["2026-12-01","1795697506357.0.rmwgy83oxo7vh1g"],"name":["Task 10 of the previous version","1795697506357.0.rmwgy83oxo7vh1g"],"place":["todo","1795697506357.0.rmwgy83oxo7vh1g"],"rank":["a3jXNb","1795697506357.0.rmwgy83oxo7vh1g"],"started":[null,"1795697506357.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7835-7a08-8fce-044057ad5582"}',0);
INSERT INTO "documents" VALUES(1,'01a217e9-7920-75f1-838f-2dd44eed4c8b',1000000000,12,'{"fields":{"created":["2026-11-26T12:51:46.592Z","1795697506592.0.rmwgy83oxo7vh1g"],"done":[null,"1795697506592.0.rmwgy83oxo7vh1g"],"name":["Task 11 of the previous version","1795697506592.0.rmwgy83oxo7vh1g"],"place":["doing","1795697506592.0.rmwgy83oxo7vh1g"],"rank":["a3jXNb","1795697506592.0.rmwgy83oxo7vh1g"],"started":["2026-11-26T12:51:46.592Z","1795697506592.0.rmwgy83oxo7vh1g"]},"id":"01a217e9-7920-75f1-838f-2dd44eed4c8b"}',0);
CREATE TABLE heads (
    account INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    version BIGINT NOT NULL,
    token TEXT NOT NULL,
    greatest_ms BIGINT NOT NULL,
    greatest_counter BIGINT NOT NULL
);
INSERT INTO "heads" VALUES(1,'01a217e9-6ee7-73b4-b6bc-719ec1efb14a','41155d6e8692585cb18d6e888ad8d484',15,'5fffb8757fbedeee',1795697507331,0);
CREATE TABLE packed_versions (
    account INTEGER NOT NULL,
    first BIGINT NOT NULL,
    tokens TEXT NOT NULL,
    PRIMARY KEY (account, first)
);
CREATE TABLE refusals (
    account INTEGER NOT NULL,
    device TEXT NOT NULL,
    number BIGINT NOT NULL,
    reason TEXT NOT NULL, made_ms BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (account, device, number)
);
CREATE TABLE sweeps (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    begun_ms BIGINT NOT NULL
);
INSERT INTO "sweeps" VALUES(1,0);
CREATE TABLE versions (
    account INTEGER NOT NULL,
    version BIGINT NOT NULL,
    token TEXT NOT NULL, made_ms BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (account, version)
);
INSERT INTO "versions" VALUES(1,1,'f2e30183ea5716f6',1795697504470);
INSERT INTO "versions" VALUES(1,2,'5d5d024a5f4829b0',1795697504620);
INSERT INTO "versions" VALUES(1,3,'2917ce6d258ce888',1795697504955);
INSERT INTO "versions" VALUES(1,4,'c2d20f7116a44c15',1795697505123);
INSERT INTO "versions" VALUES(1,5,'9c3d111cf06cb605',1795697505196);
INSERT INTO "versions" VALUES(1,6,'3b0041ee8f152b8c',1795697505415);
INSERT INTO "versions" VALUES(1,7,'fe494db90a30e336',1795697505757);
INSERT INTO "versions" VALUES(1,8,'b997eccc4c77b8c2',1795697505968);
INSERT INTO "versions" VALUES(1,9,'2c312c165abc71d9',1795697506111);
INSERT INTO "versions" VALUES(1,10,'4b006f2e0414ef89',1795697506283);
INSERT INTO "versions" VALUES(1,11,'667591a9c02b42e3',1795697506367);
INSERT INTO "versions" VALUES(1,12,'dfd1c1a9425dba11',1795697506596);
INSERT INTO "versions" VALUES(1,13,'b79571f1d8eeeff9',1795697506876);
INSERT INTO "versions" VALUES(1,14,'aac4386ffe042f8c',1795697507016);
INSERT INTO "versions" VALUES(1,15,'5fffb8757fbedeee',1795697507333);
CREATE INDEX access_tokens_of ON access_tokens (account);
CREATE INDEX documents_by_bucket ON documents (account, bucket, id);
CREATE INDEX documents_by_version ON documents (account, version, id);
CREATE INDEX documents_deleted ON documents (account, deleted_ms, id) WHERE deleted_ms > 0;
CREATE INDEX refusals_by_age ON refusals (account, made_ms, device, number);
COMMIT;
