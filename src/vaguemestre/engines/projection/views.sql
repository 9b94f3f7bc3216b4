-- What the engines' role may read: these views and nothing else.
CREATE SCHEMA IF NOT EXISTS engines;
REVOKE ALL ON SCHEMA engines FROM PUBLIC;
CREATE OR REPLACE VIEW engines.mailbox AS SELECT mailbox, active, quota_mb FROM projection.mailbox;
CREATE OR REPLACE VIEW engines.name AS SELECT name, mailbox FROM projection.name;
CREATE OR REPLACE VIEW engines.address AS SELECT address, domain, mailbox, sends FROM projection.address;
CREATE OR REPLACE VIEW engines.app_key AS SELECT token_sha256, mailbox, expires_at FROM projection.app_key;
CREATE OR REPLACE VIEW engines.token AS SELECT token_sha256, mailbox, expires_at FROM projection.token;
CREATE OR REPLACE VIEW engines.program_token AS SELECT token_sha256 FROM projection.program_token;
CREATE OR REPLACE VIEW engines.service_limit AS
    SELECT mailbox, imap, submission, sieve, trash_days, junk_days FROM projection.service_limit;
CREATE OR REPLACE VIEW engines.pod AS SELECT pod, host FROM projection.pod;
CREATE OR REPLACE VIEW engines.place AS SELECT mailbox, pod FROM projection.place;
CREATE OR REPLACE VIEW engines.moving AS SELECT mailbox FROM projection.moving;
