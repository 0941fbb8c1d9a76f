//! Drafts, and turning them into messages.
