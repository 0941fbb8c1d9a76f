-- How much somebody stores is added up at each of their uploads.
CREATE INDEX upload_by_owner ON upload (owner, size);
