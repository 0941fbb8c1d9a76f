-- Devices catch up in the order in which their chats changed.
DROP INDEX chat_by_first;
DROP INDEX chat_by_second;
CREATE INDEX chat_by_first ON chat (first, revision);
CREATE INDEX chat_by_second ON chat (second, revision);
CREATE INDEX chat_by_opener ON chat (created_by) WHERE removed = 0;
