//! Why the server does not start.

use bandyer_records::StoreError;
use bandyer_turn::CannotListen;
use std::fmt;

#[derive(Debug)]
pub enum StartError {
    Config(String),
    /// A folder or file could not be used.
    Files(String),
    Store(StoreError),
    /// The address cannot be listened on.
    Listen(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Config(cause) => write!(f, "bad configuration: {cause}"),
            StartError::Files(cause) => f.write_str(cause),
            StartError::Store(cause) => write!(f, "the database cannot be used: {cause}"),
            StartError::Listen(cause) => write!(f, "cannot listen on {cause}"),
        }
    }
}

impl std::error::Error for StartError {}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        StartError::Store(error)
    }
}

impl From<CannotListen> for StartError {
    fn from(cause: CannotListen) -> Self {
        StartError::Listen(cause.to_string())
    }
}
