//! Pages of messages: read beside the hub, with the reader's rights checked first.

use super::Refusal;
use super::refusal::chat_not_found;
use bandyer_protocol::{
    ChatId, ChatNews, ErrorCode, Failure, Limits, Message, PageDirection, Seq, ServerMessage, UserAlias,
};
use bandyer_records::Reader;

/// A page may be shorter than asked for once its texts take this many bytes, so that it fits any buffer.
const MOST_BYTES: usize = 256 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub chat: ChatId,
    pub from: Seq,
    pub direction: PageDirection,
    pub limit: u32,
}

/// # Errors
/// `invalid_request` for a limit out of range, `chat_not_found` for a chat that is not the user's.
pub fn fetch(
    reader: &dyn Reader,
    user: &UserAlias,
    page: &Page,
    limits: Limits,
) -> Result<ServerMessage, Refusal> {
    if page.limit == 0 || page.limit > limits.page_size {
        let reason = format!("limit must be 1 to {}", limits.page_size);
        return Err(Failure::new(ErrorCode::InvalidRequest, reason).into());
    }
    let readable = reader.chat(&page.chat)?.is_some_and(|chat| !chat.removed && chat.side_of(user).is_some());
    if !readable {
        return Err(chat_not_found());
    }
    let messages = reader.messages(&page.chat, page.from, page.direction, page.limit + 1)?;
    let (messages, has_more) = cut(messages, page);
    Ok(ServerMessage::Chat(ChatNews::Messages { chat: page.chat.clone(), messages, has_more }))
}

/// Keeps what is next to `from`.
fn cut(mut messages: Vec<Message>, page: &Page) -> (Vec<Message>, bool) {
    let total = messages.len();
    if page.direction == PageDirection::Before {
        messages.reverse();
    }
    let mut bytes = 0;
    let mut keep = 0;
    for message in messages.iter().take(page.limit as usize) {
        bytes += message.body.as_text().len();
        if keep > 0 && bytes > MOST_BYTES {
            break;
        }
        keep += 1;
    }
    messages.truncate(keep);
    if page.direction == PageDirection::Before {
        messages.reverse();
    }
    (messages, keep < total)
}
