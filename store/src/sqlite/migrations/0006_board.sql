-- Boards: one row for each, one for each shape, and how far each device got with its requests.

CREATE TABLE board (
  room          TEXT PRIMARY KEY,
  number        INTEGER NOT NULL,
  pages         TEXT NOT NULL,
  shapes        INTEGER NOT NULL,
  bytes         INTEGER NOT NULL,
  erased_shapes INTEGER NOT NULL,
  erased_bytes  INTEGER NOT NULL,
  forgotten     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- With row ids: bodies are long, and moving between the indexes must not copy them.
CREATE TABLE board_shape (
  room    TEXT NOT NULL,
  id      TEXT NOT NULL,
  page    TEXT NOT NULL,
  changed INTEGER NOT NULL,
  erased  INTEGER NOT NULL CHECK (erased IN (0, 1)),
  weight  INTEGER NOT NULL,
  body    TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX board_shape_by_id ON board_shape (room, id);
CREATE INDEX board_shape_by_change ON board_shape (room, changed, id);
CREATE INDEX board_shape_by_page ON board_shape (room, page, weight) WHERE erased = 0;

CREATE TABLE board_device (
  room   TEXT NOT NULL,
  user   TEXT NOT NULL,
  device TEXT NOT NULL,
  count  INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (room, user, device)
) STRICT, WITHOUT ROWID;
