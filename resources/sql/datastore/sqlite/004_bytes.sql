-- SPDX-License-Identifier: MIT
-- What the texts of an account's documents take, so that its share is known without reading them.

ALTER TABLE heads ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0;
UPDATE heads SET bytes = coalesce(
    (SELECT sum(length(CAST(body AS BLOB))) FROM documents WHERE documents.account = heads.account), 0);
