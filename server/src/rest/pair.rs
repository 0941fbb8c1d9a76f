//! The two users of a chat, as REST reads and writes them.

use crate::refusal::RestCode;
use crate::rest::users::alias;
use bandyer_protocol::UserAlias;

/// Exactly two different users, both well-formed.
///
/// # Errors
/// `invalid_users_length`, `invalid_user_id`.
pub fn pair(users: &[String]) -> Result<[UserAlias; 2], RestCode> {
    match users {
        [first, second] if first != second => Ok([alias(first)?, alias(second)?]),
        _ => Err(RestCode::InvalidUsersLength),
    }
}

pub fn texts(users: &[UserAlias; 2]) -> [String; 2] {
    users.each_ref().map(ToString::to_string)
}
