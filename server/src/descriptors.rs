//! How many files and sockets this process may hold open.

use crate::config::Config;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is open besides sockets and relays: the database and its readers, files on their way, listeners.
const BESIDES: u64 = 256;

/// Takes as many as the system gives without asking, and says so when they are fewer than the settings promise.
pub fn raise(config: &Config) {
    let before = getrlimit(Resource::Nofile);
    // Refused in some containers: then it stays as it is.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: before.maximum, ..before });
    let most = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let wanted = wanted(config);
    if most < wanted {
        tracing::warn!(
            most,
            wanted,
            "sockets and turn_allocations promise more than the system lets this process open; raise LimitNOFILE"
        );
    }
}

/// Each relay has a socket, and may have a connection to its client.
fn wanted(config: &Config) -> u64 {
    u64::from(config.sockets) + 2 * u64::from(config.turn_allocations) + BESIDES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_had_is_had() {
        raise(&Config::default());
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
        assert!(wanted(&Config::default()) > 50_000);
    }
}
