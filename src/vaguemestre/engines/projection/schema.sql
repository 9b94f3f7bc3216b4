-- What Dovecot and Postfix may know: who has a mailbox, under which names, and what opens it.
CREATE TABLE IF NOT EXISTS mailbox (
    mailbox TEXT PRIMARY KEY,
    active INTEGER NOT NULL,
    quota_mb INTEGER NOT NULL
) WITHOUT ROWID;
-- Every way to say a mailbox: addresses, username, the mailbox itself; lower case.
CREATE TABLE IF NOT EXISTS name (
    name TEXT PRIMARY KEY,
    mailbox TEXT NOT NULL REFERENCES mailbox (mailbox) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS name_mailbox ON name (mailbox);
CREATE TABLE IF NOT EXISTS address (
    address TEXT PRIMARY KEY,
    domain TEXT NOT NULL,
    mailbox TEXT NOT NULL REFERENCES mailbox (mailbox) ON DELETE CASCADE,
    sends INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS address_mailbox ON address (mailbox);
CREATE INDEX IF NOT EXISTS address_domain ON address (domain);
CREATE TABLE IF NOT EXISTS app_key (
    token_sha256 TEXT NOT NULL,
    mailbox TEXT NOT NULL REFERENCES mailbox (mailbox) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (token_sha256, mailbox)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS app_key_mailbox ON app_key (mailbox);
-- When something that opened a mailbox was last withdrawn (Unix time): a connection opened before sends no more.
CREATE TABLE IF NOT EXISTS access_withdrawal (
    mailbox TEXT NOT NULL,
    kind TEXT NOT NULL, -- 'password' or 'token'
    at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (mailbox, kind)
) WITHOUT ROWID;
-- Mail tokens still honoured: a token that is not here opens nothing, however well signed.
CREATE TABLE IF NOT EXISTS token (
    token_sha256 TEXT PRIMARY KEY,
    mailbox TEXT NOT NULL REFERENCES mailbox (mailbox) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS token_expires ON token (expires_at);
CREATE INDEX IF NOT EXISTS token_mailbox ON token (mailbox);
-- Tokens of mail programs, as against those of our pages.
CREATE TABLE IF NOT EXISTS program_token (
    token_sha256 TEXT PRIMARY KEY REFERENCES token (token_sha256) ON DELETE CASCADE
) WITHOUT ROWID;
-- What a class of service takes away from mail programs, and how long two folders keep a message (0: as everywhere).
-- Mailboxes without such a class have no row.
CREATE TABLE IF NOT EXISTS service_limit (
    mailbox TEXT PRIMARY KEY REFERENCES mailbox (mailbox) ON DELETE CASCADE,
    imap INTEGER NOT NULL,
    submission INTEGER NOT NULL,
    sieve INTEGER NOT NULL,
    trash_days INTEGER NOT NULL,
    junk_days INTEGER NOT NULL
) WITHOUT ROWID;
-- Several machines: the address of each group of mailboxes. '' stands for the first, where mailboxes live unless they
-- have a place. One machine has no row.
CREATE TABLE IF NOT EXISTS pod (
    pod TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    host TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS place (
    mailbox TEXT PRIMARY KEY REFERENCES mailbox (mailbox) ON DELETE CASCADE,
    pod TEXT NOT NULL
) WITHOUT ROWID;
-- Mailboxes between two pods: nothing opens them and their mail waits in the queue.
CREATE TABLE IF NOT EXISTS moving (
    mailbox TEXT PRIMARY KEY REFERENCES mailbox (mailbox) ON DELETE CASCADE
) WITHOUT ROWID;
