//! What goes wrong at the server, in random schedules.

use crate::World;
use bandyer_records::StoreError;
use proptest::prelude::*;

#[derive(Debug, Clone)]
pub enum Trouble {
    /// The next commit fails.
    Commit,
    /// The disk is full once, after so many more writes.
    Write {
        after: u32,
    },
    /// A read fails once, after so many more.
    Read {
        after: u32,
    },
    /// Another process holds the database, or the disk is full, until it is over.
    Down {
        locked: bool,
    },
    Over,
    /// The server is killed in the middle of a batch; or when it is committed, and nobody was told.
    Kill {
        in_batch: usize,
        committed: bool,
    },
}

pub fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        1 => Just(Trouble::Commit),
        2 => (0u32..8).prop_map(|after| Trouble::Write { after }),
        1 => (0u32..12).prop_map(|after| Trouble::Read { after }),
        1 => any::<bool>().prop_map(|locked| Trouble::Down { locked }),
        1 => Just(Trouble::Over),
        2 => (0usize..4, any::<bool>()).prop_map(|(in_batch, committed)| Trouble::Kill { in_batch, committed }),
    ]
}

impl World {
    pub fn trouble(&mut self, trouble: &Trouble) {
        match *trouble {
            Trouble::Commit => self.server.troubles().commit = true,
            Trouble::Write { after } => self.server.troubles().writes = Some(after),
            Trouble::Read { after } => self.server.troubles().reads.set(Some(after)),
            Trouble::Down { locked } => self.server.troubles().down = Some(down(locked)),
            Trouble::Over => self.server.troubles().down = None,
            Trouble::Kill { in_batch, committed: false } => self.kill(in_batch),
            Trouble::Kill { in_batch, committed: true } => self.kill_after_commit(in_batch),
        }
    }
}

/// Why nothing can be written.
pub fn down(locked: bool) -> StoreError {
    let cause = "told to be".to_owned();
    if locked { StoreError::Locked(cause) } else { StoreError::Unavailable(cause) }
}
