-- Calls: rooms and their links, sessions, calls that go on, the journal, and who is told of it.

-- A message may be a missed call: kind 2, body is the type of the call. SQLite changes a CHECK by rebuilding the table.
CREATE TABLE message_2 (
  chat      TEXT NOT NULL,
  seq       INTEGER NOT NULL,
  sender    TEXT NOT NULL,
  client_id TEXT NOT NULL,
  kind      INTEGER NOT NULL CHECK (kind IN (0, 1, 2)),
  body      TEXT NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (chat, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO message_2 (chat, seq, sender, client_id, kind, body, at)
  SELECT chat, seq, sender, client_id, kind, body, at FROM message ORDER BY chat, seq;
DROP TABLE message;
ALTER TABLE message_2 RENAME TO message;
CREATE UNIQUE INDEX message_by_client_id ON message (sender, client_id);

CREATE TABLE room (
  id             TEXT PRIMARY KEY,
  initiator      TEXT,
  call_type      TEXT NOT NULL CHECK (call_type IN ('audio_only', 'audio_upgradable', 'audio_video')),
  record         INTEGER NOT NULL CHECK (record IN (0, 1)),
  recording_type TEXT NOT NULL CHECK (recording_type IN ('automatic', 'manual')),
  direct         INTEGER NOT NULL CHECK (direct IN (0, 1)),
  live           INTEGER NOT NULL CHECK (live IN (0, 1)),
  dialed         INTEGER NOT NULL CHECK (dialed IN (0, 1)),
  description    TEXT,
  duration_s     INTEGER,
  used_ms        INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  expires_at     INTEGER,
  disabled       INTEGER NOT NULL CHECK (disabled IN (0, 1)),
  deleted        INTEGER NOT NULL CHECK (deleted IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX room_by_time ON room (created_at, id) WHERE deleted = 0;

CREATE TABLE room_participant (
  room     TEXT NOT NULL,
  position INTEGER NOT NULL,
  user     TEXT NOT NULL,
  is_admin INTEGER NOT NULL CHECK (is_admin IN (0, 1)),
  tools    TEXT,
  link     TEXT,
  PRIMARY KEY (room, position)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX room_participant_by_link ON room_participant (link) WHERE link IS NOT NULL;
CREATE INDEX room_participant_by_user ON room_participant (user);

CREATE TABLE session (
  id         TEXT PRIMARY KEY,
  room       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  ended_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_room ON session (room, created_at);
CREATE INDEX session_by_time ON session (created_at, id);

-- A call that goes on, as JSON: read once after a restart, never asked in parts.
CREATE TABLE live_call (
  id   TEXT PRIMARY KEY,
  call TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Numbers are never given twice, also not after old rows are gone: whoever reads on remembers one.
CREATE TABLE journal (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  user    TEXT,
  room    TEXT,
  session TEXT,
  data    TEXT NOT NULL
) STRICT;

-- Each index ends with the row's number, so that the newest rows of one user, room, session or kind are read in order.
CREATE INDEX journal_by_user ON journal (user) WHERE user IS NOT NULL;
CREATE INDEX journal_by_room ON journal (room) WHERE room IS NOT NULL;
CREATE INDEX journal_by_session ON journal (session) WHERE session IS NOT NULL;
CREATE INDEX journal_by_kind ON journal (kind);

-- An address of the host site that is told of events.
CREATE TABLE hook (
  version       TEXT NOT NULL CHECK (version IN ('v0', 'v1')),
  url           TEXT NOT NULL,
  -- JSON: event to when it was asked for.
  events        TEXT NOT NULL,
  -- The last row of the journal that it was told of, or that is past.
  position      INTEGER NOT NULL,
  failing_since INTEGER,
  PRIMARY KEY (version, url)
) STRICT, WITHOUT ROWID;
