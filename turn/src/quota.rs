//! How much there is for each user and for all: allocations, and bytes a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// This user has as many as one may have.
    User,
    /// The server has as many as it may have.
    Server,
}

/// Allocations given out. Cheap to clone.
#[derive(Clone)]
pub struct Quota {
    per_user: u32,
    total: u32,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    users: HashMap<String, u32>,
    total: u32,
}

impl Quota {
    pub fn new(per_user: u32, total: u32) -> Self {
        Self { per_user, total, taken: Arc::default() }
    }

    /// # Errors
    /// When nothing is left.
    pub fn take(&self, user: &str) -> Result<Slot, Full> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.users.get(user).is_some_and(|count| *count >= self.per_user) {
            return Err(Full::User);
        }
        if taken.total >= self.total {
            return Err(Full::Server);
        }
        taken.total += 1;
        *taken.users.entry(user.to_owned()).or_default() += 1;
        Ok(Slot { user: user.to_owned(), taken: self.taken.clone() })
    }

    pub fn in_use(&self) -> u32 {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).total
    }
}

/// The right to one allocation; dropping it gives it back.
pub struct Slot {
    user: String,
    taken: Arc<Mutex<Taken>>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.total = taken.total.saturating_sub(1);
        if let Some(count) = taken.users.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                taken.users.remove(&self.user);
            }
        }
    }
}

/// Lets through so many bytes a second, and a second's worth at once after a pause.
#[derive(Debug)]
pub struct Bucket {
    per_second: f64,
    level: f64,
    at: Instant,
}

impl Bucket {
    pub fn new(per_second: u32, now: Instant) -> Self {
        Self { per_second: per_second.into(), level: per_second.into(), at: now }
    }

    /// False when it is too much; nothing is taken then.
    pub fn take(&mut self, bytes: usize, now: Instant) -> bool {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * self.per_second;
        self.level = (self.level + gained).min(self.per_second);
        self.at = now;
        let fits = self.level >= bytes as f64;
        if fits {
            self.level -= bytes as f64;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn each_user_and_all_together_are_bounded_and_slots_come_back() {
        let quota = Quota::new(2, 3);
        let mut anna = vec![quota.take("anna").unwrap(), quota.take("anna").unwrap()];
        assert_eq!(quota.take("anna").err(), Some(Full::User));
        let bob = quota.take("bob").unwrap();
        assert_eq!(quota.take("carl").err(), Some(Full::Server));
        drop(anna.pop());
        drop(quota.take("anna").unwrap());
        drop((anna, bob));
        assert_eq!(quota.in_use(), 0);
        assert!(quota.taken.lock().unwrap().users.is_empty());
    }

    #[test]
    fn a_bucket_lets_its_rate_through_and_no_more() {
        let start = Instant::now();
        let mut bucket = Bucket::new(10_000, start);
        let passed =
            (0..1000).filter(|ms| bucket.take(100, start + Duration::from_millis(*ms))).count() * 100;
        // A second's worth of burst, and what a second brings.
        assert!((19_000..=20_000).contains(&passed), "{passed}");
        assert!(!bucket.take(20_000, start + Duration::from_secs(100)));
    }
}
