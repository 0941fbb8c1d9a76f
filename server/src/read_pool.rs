//! Reads that need not stand in the hub's queue: message pages, lists, uploads. A few read-only connections,
//! used from blocking threads.

use bandyer_records::{Reader, StoreError, StoreResult};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Something that reads, whatever the store is.
pub type Connection = Box<dyn Reader + Send>;

/// Cheap to clone.
#[derive(Clone)]
pub struct ReadPool {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl ReadPool {
    pub fn new(connections: Vec<Connection>) -> Self {
        let permits = Arc::new(Semaphore::new(connections.len()));
        Self { idle: Arc::new(Mutex::new(connections)), permits }
    }

    /// Runs `query` on a free connection, waiting for one when all are busy.
    ///
    /// # Errors
    /// What `query` failed with.
    pub async fn read<T, F>(&self, query: F) -> StoreResult<T>
    where
        F: FnOnce(&dyn Reader) -> StoreResult<T> + Send + 'static,
        T: Send + 'static,
    {
        let gone = |_| StoreError::Unavailable("the read pool is closed".to_owned());
        let permit = self.permits.clone().acquire_owned().await.map_err(gone)?;
        let idle = self.idle.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let store = lock(&idle).pop();
            let borrowed = Borrowed { store, idle };
            match &borrowed.store {
                Some(store) => query(store.as_ref()),
                None => Err(StoreError::Unavailable("no read connection is left".to_owned())),
            }
        });
        task.await.map_err(|error| StoreError::Defect(format!("a read ended early: {error}")))?
    }
}

/// Goes back to the pool however the query ends.
struct Borrowed {
    store: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        lock(&self.idle).extend(self.store.take());
    }
}

fn lock(idle: &Mutex<Vec<Connection>>) -> MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
