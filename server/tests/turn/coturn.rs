//! Against Debian coturn.
