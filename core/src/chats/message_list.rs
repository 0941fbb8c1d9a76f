//! A long list of messages that is cheap to copy after a change: a vector of shared chunks.

use bandyer_protocol::{Message, Seq};
use std::rc::Rc;

/// Messages with consecutive sequence numbers, ascending. Appending or prepending copies one chunk at most, however
/// long the list is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MessageList {
    chunks: Rc<Vec<Rc<Vec<Rc<Message>>>>>,
    first: Seq,
    len: usize,
}
