//! A simulated world: clients of `core`, the real hub, and a network between them that misbehaves on purpose. No
//! thread, no clock, no randomness of its own: the same steps give the same world.

pub mod boards;
pub mod browser;
pub mod calls;
pub mod checks;
pub mod device;
pub mod server;
pub mod trouble;
pub mod world;

pub use boards::Boards;
pub use device::Device;
pub use server::Server;
pub use world::World;
