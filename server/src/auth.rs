//! Who asks, and for how much: the host site's server by its key, a widget by an access token, whoever has a link to a
//! file by its signature.

pub mod api_key;
pub mod bearer;
pub mod download_link;
pub mod token;
pub mod wrong_keys;
