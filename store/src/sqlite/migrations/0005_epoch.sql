-- One row: which life of the database this is, and the file it was given in. See epoch.rs.
CREATE TABLE epoch (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  epoch TEXT NOT NULL,
  home  TEXT NOT NULL
) STRICT;
