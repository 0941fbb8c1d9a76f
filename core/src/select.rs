//! Questions about the state: the public synchronous getters, and what views derive.

use bandyer_protocol::{ChatId, Message, UserAlias};

/// One entry of `getChats()`, reference §1.6 with decision 4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatInfo {
    pub chat: ChatId,
    pub unread: u32,
    /// The other user.
    pub participant: UserAlias,
    pub last_message: Option<Message>,
}
