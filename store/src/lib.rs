//! Where records are kept: the trait of every store, and the stores. SQLite is the one that ships; memory is for tests
//! and simulations, behind the feature of that name.
//!
//! A PostgreSQL store will be a third one; `suite` is the test suite every store has to pass.

#[cfg(any(test, feature = "memory"))]
pub mod memory;
pub mod sqlite;
#[cfg(test)]
mod suite;

#[cfg(any(test, feature = "memory"))]
pub use memory::MemoryStore;
pub use sqlite::{SqliteSettings, SqliteStore};

use bandyer_records::{Reader, StoreResult, Write};

/// Keeps records. Writes become visible to other readers, and durable, with `commit`.
pub trait Store: Reader + Send {
    /// # Errors
    /// When the write failed; the caller must roll back.
    fn apply(&mut self, write: &Write) -> StoreResult<()>;

    /// Makes everything applied since the last commit durable, all of it or nothing.
    ///
    /// # Errors
    /// When nothing was stored; the caller must roll back.
    fn commit(&mut self) -> StoreResult<()>;

    /// Forgets everything applied since the last commit.
    fn roll_back(&mut self);

    /// Proves that a commit is possible right now.
    ///
    /// # Errors
    /// When it is not.
    fn probe(&mut self) -> StoreResult<()>;
}
