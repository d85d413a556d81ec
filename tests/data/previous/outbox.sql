PRAGMA application_id=0;
PRAGMA user_version=2;
BEGIN TRANSACTION;
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
, altered INTEGER) STRICT;
INSERT INTO "commands" VALUES(1,1,1,'01a217e9-70c3-7f31-a3ab-03e20e77fac2',1,'01a217e9-70c3-753f-9ca9-4173bf93209c','{"created":"2026-11-26T12:51:44.451Z","done":null,"due":"2026-12-01","id":"01a217e9-70c3-753f-9ca9-4173bf93209c","labels":["work"],"name":"Task 0 of the previous version","note":"Note 0\nwith ä, ✓ and \"quotes\"","place":"backlog","rank":"a0jXNb","started":null}',1795697504451,0,'rmwgy83oxo7vh1g',0,0,X'29BCF3D0E0CA88FE7954049B10D7F6D9522824F1AD4FD780E9053C9C4A37CD23',1,1,1,NULL,2);
INSERT INTO "commands" VALUES(2,1,2,'01a217e9-7166-7676-aac6-6816f2f1b3cc',1,'01a217e9-7166-7e3e-b9f6-7f23c046d593','{"created":"2026-11-26T12:51:44.614Z","done":null,"id":"01a217e9-7166-7e3e-b9f6-7f23c046d593","name":"Task 1 of the previous version","place":"todo","rank":"a0jXNb","started":null}',1795697504614,0,'rmwgy83oxo7vh1g',0,0,X'2D8EA7B5FCDB295A851F64B1B7DEDB8403A8DA2A91E02DDB2CA1305A36C91E07',1,1,3,NULL,4);
INSERT INTO "commands" VALUES(3,1,3,'01a217e9-71a8-7d72-85e8-8880fc4a0112',1,'01a217e9-71a8-7317-aec7-c8d5aa444e21','{"created":"2026-11-26T12:51:44.681Z","done":null,"id":"01a217e9-71a8-7317-aec7-c8d5aa444e21","name":"Task 2 of the previous version","place":"doing","rank":"a0jXNb","started":"2026-11-26T12:51:44.681Z"}',1795697504681,0,'rmwgy83oxo7vh1g',0,0,X'D0B0289081B8DF21F0238FD91CA57880B94EE62EEB225A563C37E31437F488A6',1,1,5,NULL,6);
INSERT INTO "commands" VALUES(4,1,4,'01a217e9-72f0-7bcf-b613-6cfb2a81a88b',1,'01a217e9-72f0-7379-8e23-4425f62ebf19','{"created":"2026-11-26T12:51:45.012Z","done":null,"id":"01a217e9-72f0-7379-8e23-4425f62ebf19","name":"Task 3 of the previous version","place":"backlog","rank":"a1jXNb","started":null}',1795697505012,0,'rmwgy83oxo7vh1g',0,0,X'2D7D3C15F9258E548828CE7AE4192BDC3D7F0D4BE590C95E46463528D3AE3105',1,1,7,NULL,9);
INSERT INTO "commands" VALUES(5,1,5,'01a217e9-7366-7906-ba24-4e75f9162af8',1,'01a217e9-7366-7b66-bdc3-2625cb8b9373','{"created":"2026-11-26T12:51:45.126Z","done":null,"id":"01a217e9-7366-7b66-bdc3-2625cb8b9373","labels":["work"],"name":"Task 4 of the previous version","note":"Note 4\nwith ä, ✓ and \"quotes\"","place":"todo","rank":"a1jXNb","started":null}',1795697505126,0,'rmwgy83oxo7vh1g',0,0,X'5D3BC7E8B83A6ACED53237249AEF9E12982306EE0BB519E44749802F87398CD9',1,1,8,NULL,10);
INSERT INTO "commands" VALUES(6,1,6,'01a217e9-73c7-7cdd-9c66-ad6494aa5553',1,'01a217e9-73c7-7493-948b-b57d359a14f2','{"created":"2026-11-26T12:51:45.379Z","done":null,"due":"2026-12-01","id":"01a217e9-73c7-7493-948b-b57d359a14f2","name":"Task 5 of the previous version","place":"doing","rank":"a1jXNb","started":"2026-11-26T12:51:45.379Z"}',1795697505379,0,'rmwgy83oxo7vh1g',0,0,X'0EAA1049E1A81C077DB374B40689C5861B5A1C80625F10F963E490D5474461CC',1,1,11,NULL,12);
INSERT INTO "commands" VALUES(7,1,7,'01a217e9-756d-7f96-bf05-5c262b115176',1,'01a217e9-756d-7b10-acc1-d38f0960e054','{"created":"2026-11-26T12:51:45.645Z","done":null,"id":"01a217e9-756d-7b10-acc1-d38f0960e054","name":"Task 6 of the previous version","place":"backlog","rank":"a2jXNb","started":null}',1795697505645,0,'rmwgy83oxo7vh1g',0,0,X'5E809E48E2DC674E55FC888F33622F5465A62339B1F594B5D377DC559BE0F977',1,1,13,NULL,14);
INSERT INTO "commands" VALUES(8,1,8,'01a217e9-7661-71f2-b5c5-851f85ca458d',1,'01a217e9-7661-7acb-9313-671e62a0bb02','{"created":"2026-11-26T12:51:45.890Z","done":null,"id":"01a217e9-7661-7acb-9313-671e62a0bb02","name":"Task 7 of the previous version","place":"todo","rank":"a2jXNb","started":null}',1795697505890,0,'rmwgy83oxo7vh1g',0,0,X'A700B682422CEAF136B9654B22EE993FFB6EB377F1554D0F230FEF80C2D3A1BE',1,1,15,NULL,16);
INSERT INTO "commands" VALUES(9,1,9,'01a217e9-7721-7cd0-a6a1-05e43bfa7767',1,'01a217e9-7721-7faa-bc35-41a79786daa4','{"created":"2026-11-26T12:51:46.081Z","done":null,"id":"01a217e9-7721-7faa-bc35-41a79786daa4","labels":["work"],"name":"Task 8 of the previous version","note":"Note 8\nwith ä, ✓ and \"quotes\"","place":"doing","rank":"a2jXNb","started":"2026-11-26T12:51:46.081Z"}',1795697506081,0,'rmwgy83oxo7vh1g',0,0,X'0FBCC74638EBC16F827CB7CC9C5A4EF0364066D296789F55D12FC1F782E1550B',1,1,17,NULL,18);
INSERT INTO "commands" VALUES(10,1,10,'01a217e9-7789-763c-8012-156408b8e36f',1,'01a217e9-7789-7500-b19e-d62bcedc3f4c','{"created":"2026-11-26T12:51:46.186Z","done":null,"id":"01a217e9-7789-7500-b19e-d62bcedc3f4c","name":"Task 9 of the previous version","place":"backlog","rank":"a3jXNb","started":null}',1795697506186,0,'rmwgy83oxo7vh1g',0,0,X'D9062E06BFA14D1CADD5D54397B3A6B5C8E54E83F2B50B586F594C46107DD77D',1,1,19,NULL,20);
INSERT INTO "commands" VALUES(11,1,11,'01a217e9-7835-7c28-9cb9-080b52d6aa82',1,'01a217e9-7835-7a08-8fce-044057ad5582','{"created":"2026-11-26T12:51:46.357Z","done":null,"due":"2026-12-01","id":"01a217e9-7835-7a08-8fce-044057ad5582","name":"Task 10 of the previous version","place":"todo","rank":"a3jXNb","started":null}',1795697506357,0,'rmwgy83oxo7vh1g',0,0,X'F22E0D7FC93C830F1AC43B801ECD5887C0F51EBD4E63A71245A9082B79F257C5',1,1,21,NULL,22);
INSERT INTO "commands" VALUES(12,1,12,'01a217e9-7920-7393-84ff-89dd5ac86db8',1,'01a217e9-7920-75f1-838f-2dd44eed4c8b','{"created":"2026-11-26T12:51:46.592Z","done":null,"id":"01a217e9-7920-75f1-838f-2dd44eed4c8b","name":"Task 11 of the previous version","place":"doing","rank":"a3jXNb","started":"2026-11-26T12:51:46.592Z"}',1795697506592,0,'rmwgy83oxo7vh1g',0,0,X'58CB07138246959817514F4D7B02FE3B01E0AA94354653D7EF0823ED1279F7D6',1,1,23,NULL,24);
INSERT INTO "commands" VALUES(13,1,13,'01a217e9-7a26-7a02-b4c0-ca552a5f5090',2,'01a217e9-72f0-7379-8e23-4425f62ebf19','{"done":"2026-11-26T12:51:46.855Z","id":"01a217e9-72f0-7379-8e23-4425f62ebf19","place":"done","rank":"a0jXNb","started":null}',1795697506855,0,'rmwgy83oxo7vh1g',1795697505012,0,X'CA55C0911C5C9B9F2A173075AB38B4D6C37A4595127558CAF642C76BFF70AAB8',1,1,25,NULL,26);
INSERT INTO "commands" VALUES(14,1,14,'01a217e9-7a8d-7523-a3c9-12138fde927a',3,'01a217e9-7366-7b66-bdc3-2625cb8b9373','{"id":"01a217e9-7366-7b66-bdc3-2625cb8b9373"}',1795697506957,0,'rmwgy83oxo7vh1g',1795697505126,0,X'CEF6BF4FCCF94ACC1C9CB8427545FF12A57C602D14E90C9FE27C765C211D9A87',1,1,27,NULL,28);
INSERT INTO "commands" VALUES(15,1,15,'01a217e9-7c03-790f-a372-16c2367311b9',2,'01a217e9-73c7-7493-948b-b57d359a14f2','{"id":"01a217e9-73c7-7493-948b-b57d359a14f2","name":"Task 5, renamed"}',1795697507331,0,'rmwgy83oxo7vh1g',1795697505379,0,X'BB40655A655C4A8ED93A39EF5767CF4E531EC749A3A30EB3AD0CFE229E726EBC',1,1,29,NULL,30);
INSERT INTO "commands" VALUES(16,1,16,'01a217e9-7ece-7897-80f5-2c3d3f40290c',1,'01a217e9-7ece-7b39-9e15-e5d8608326ff','{"created":"2026-11-26T12:51:48.046Z","done":null,"id":"01a217e9-7ece-7b39-9e15-e5d8608326ff","name":"Task 12, never synced","place":"backlog","rank":"a4jXNb","started":null}',1795697508046,0,'rmwgy83oxo7vh1g',0,0,X'35D7D7B58CF9CAF1BD01D70340D7212DED7DD67CB3DDF87394E3EB1A6CD37DBC',0,0,31,NULL,NULL);
INSERT INTO "commands" VALUES(17,1,17,'01a217e9-7f93-7c52-8992-e67335e07f78',1,'01a217e9-7f93-7ee0-b612-118abd2a3f92','{"created":"2026-11-26T12:51:48.243Z","done":null,"id":"01a217e9-7f93-7ee0-b612-118abd2a3f92","name":"Task 13, never synced","place":"backlog","rank":"a5jXNb","started":null}',1795697508243,0,'rmwgy83oxo7vh1g',0,0,X'00E5B1F0F3562DFB181A5A1D07A9924A90647B0609A11A1EEBE629F6BECA8B59',0,0,32,NULL,NULL);
INSERT INTO "commands" VALUES(18,1,18,'01a217e9-803c-76e5-bf78-32076970e970',1,'01a217e9-803c-7585-9e30-efd34666bc3b','{"created":"2026-11-26T12:51:48.418Z","done":null,"id":"01a217e9-803c-7585-9e30-efd34666bc3b","name":"Task 14, never synced","place":"backlog","rank":"a6jXNb","started":null}',1795697508418,0,'rmwgy83oxo7vh1g',0,0,X'1A98C31AB9C4D7167538CE9F5A574E0D217BA5A1008FE7AC57D1FBE6762C04BB',0,0,33,NULL,NULL);
INSERT INTO "commands" VALUES(19,1,19,'01a217e9-80ea-767a-ac18-a6aa550b5ca8',1,'01a217e9-80ea-773c-9129-bcc8c57023b1','{"created":"2026-11-26T12:51:48.587Z","done":null,"id":"01a217e9-80ea-773c-9129-bcc8c57023b1","name":"Task 15, never synced","place":"backlog","rank":"a7jXNb","started":null}',1795697508587,0,'rmwgy83oxo7vh1g',0,0,X'91F6E579ED21A2655838EA0E655056A6FA2FD153211E324D46E5CBF843F00CDB',0,0,34,NULL,NULL);
INSERT INTO "commands" VALUES(20,1,20,'01a217e9-823b-7245-8a70-3593e8617601',2,'01a217e9-70c3-753f-9ca9-4173bf93209c','{"done":null,"id":"01a217e9-70c3-753f-9ca9-4173bf93209c","place":"doing","rank":"a4jXNb","started":"2026-11-26T12:51:48.923Z"}',1795697508923,0,'rmwgy83oxo7vh1g',1795697504451,0,X'0A98FD8AE99786B1C42FE68771449678FB1DF75670733B4DC9D160D3001E687B',0,0,35,NULL,NULL);
CREATE TABLE devices (
    ref INTEGER PRIMARY KEY,
    device TEXT NOT NULL UNIQUE,
    current INTEGER NOT NULL,           -- 1: new commands are numbered here; exactly one row
    confirmed INTEGER NOT NULL,         -- the datastore has confirmed all commands up to this number
    pruned_number INTEGER NOT NULL,     -- commands up to this number are no longer kept
    pruned_hash BLOB NOT NULL           -- the chain's hash at pruned_number
) STRICT;
INSERT INTO "devices" VALUES(1,'rmwgy83oxo7vh1g',1,15,0,X'0000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE meta (
    key TEXT PRIMARY KEY NOT NULL,
    value ANY
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('account','01a217e9-6ee7-73b4-b6bc-719ec1efb14a');
INSERT INTO "meta" VALUES('change',30);
INSERT INTO "meta" VALUES('clock_counter',0);
INSERT INTO "meta" VALUES('clock_ms',1795697508923);
INSERT INTO "meta" VALUES('mark_change',34);
INSERT INTO "meta" VALUES('mark_ms',1795697507673);
CREATE UNIQUE INDEX commands_number ON commands (device, number) WHERE device IS NOT NULL;
CREATE UNIQUE INDEX commands_id ON commands (command_id) WHERE state <> 4;
CREATE INDEX commands_task ON commands (task);
CREATE INDEX commands_rejected ON commands (state) WHERE state = 2;
CREATE INDEX commands_altered ON commands (altered) WHERE altered IS NOT NULL;
COMMIT;
