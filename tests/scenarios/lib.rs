//! A simulated world: clients of `core`, the real hub, and a network between them that misbehaves on purpose.
