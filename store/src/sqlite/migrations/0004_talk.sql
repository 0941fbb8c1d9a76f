-- Only the time that the browsers were connected with each other is used time. Of sessions from before nothing better is
-- known than from when to when they were open.
ALTER TABLE session ADD COLUMN talked_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN talking_since INTEGER;
UPDATE session SET talked_ms = max(ended_at - created_at, 0) WHERE ended_at IS NOT NULL;
