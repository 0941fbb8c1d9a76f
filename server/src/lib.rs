//! The server: an axum edge around a pure hub.
