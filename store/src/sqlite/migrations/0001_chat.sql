-- Users, chats, messages, uploads. Times are milliseconds since 1970.

CREATE TABLE user (
  alias      TEXT PRIMARY KEY,
  role       TEXT NOT NULL CHECK (role IN ('basic', 'plus')),
  active     INTEGER NOT NULL CHECK (active IN (0, 1)),
  deleted    INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  can_video  INTEGER NOT NULL CHECK (can_video IN (0, 1)),
  language   TEXT,
  first_name TEXT,
  last_name  TEXT,
  nickname   TEXT,
  email      TEXT,
  image      TEXT,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE chat (
  id            TEXT PRIMARY KEY,
  first         TEXT NOT NULL,
  second        TEXT NOT NULL,
  incarnation   INTEGER NOT NULL,
  created_at    INTEGER NOT NULL,
  created_by    TEXT NOT NULL,
  removed       INTEGER NOT NULL CHECK (removed IN (0, 1)),
  revision      INTEGER NOT NULL,
  last_seq      INTEGER NOT NULL,
  first_read    INTEGER NOT NULL,
  second_read   INTEGER NOT NULL,
  first_unread  INTEGER NOT NULL,
  second_unread INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX chat_by_first ON chat (first);
CREATE INDEX chat_by_second ON chat (second);

-- kind 0: body is the text; kind 1: body is the attachment as JSON.
CREATE TABLE message (
  chat      TEXT NOT NULL,
  seq       INTEGER NOT NULL,
  sender    TEXT NOT NULL,
  client_id TEXT NOT NULL,
  kind      INTEGER NOT NULL CHECK (kind IN (0, 1)),
  body      TEXT NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (chat, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX message_by_client_id ON message (sender, client_id);

CREATE TABLE upload (
  id         TEXT PRIMARY KEY,
  chat       TEXT NOT NULL,
  owner      TEXT NOT NULL,
  name       TEXT NOT NULL,
  size       INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  picture    INTEGER NOT NULL CHECK (picture IN (0, 1)),
  created_at INTEGER NOT NULL,
  -- 1 once a message refers to it.
  sent       INTEGER NOT NULL DEFAULT 0 CHECK (sent IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX upload_by_chat ON upload (chat);
CREATE INDEX upload_unsent ON upload (owner) WHERE sent = 0;

-- One row, rewritten to prove that a commit is possible.
CREATE TABLE probe (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  n  INTEGER NOT NULL
) STRICT;
INSERT INTO probe (id, n) VALUES (1, 0);
