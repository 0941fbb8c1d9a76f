//! Identifiers: newtypes, so that one can never be passed for another. They are cheap to clone.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use std::{fmt, sync::Arc};

/// Longest user alias, in characters. Source: REST `user/create`.
pub const MAX_ALIAS_CHARS: usize = 128;

macro_rules! string_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text it travels as.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

string_id!(
    /// A user, as the host site names them: 1 to 128 characters out of `A-Z a-z 0-9 . _ -`, not `.` or `..`.
    UserAlias
);
string_id!(
    /// A one-to-one chat: its two aliases in byte order, joined by `#`.
    ChatId
);
string_id!(
    /// Chosen by the sending device, unique for ever per sender: sending the same id twice stores one message.
    /// 1 to 64 characters out of `A-Z a-z 0-9 . _ -`.
    ClientMessageId
);
string_id!(
    /// An uploaded file. Unguessable (at least 122 random bits), and still checked against the reader's chats.
    UploadId
);
string_id!(
    /// A call and the room it takes place in, `room_` and random digits. Public as `callAlias` and `room_id`.
    /// 1 to 64 characters out of `A-Z a-z 0-9 . _ -`.
    CallAlias
);
string_id!(
    /// One life of a database. One that went back, because a backup was restored, has another: what a device has seen of the
    /// life before may be gone.
    Epoch
);
string_id!(
    /// A shape on a board, chosen by who makes it: best a device's own random name and a number. 1 to 64 characters out of
    /// `A-Z a-z 0-9 . _ -`.
    ShapeId
);
string_id!(
    /// A page of a board, chosen by who makes it. 1 to 64 characters out of `A-Z a-z 0-9 . _ -`.
    PageId
);
string_id!(
    /// A device that writes on a board, by a random name that it has for as long as it holds what it has not sent yet. 1 to
    /// 64 characters out of `A-Z a-z 0-9 . _ -`.
    BoardDevice
);
string_id!(
    /// One authenticated socket, that is one device or tab of a user.
    SessionId
);

/// Why a text is not the identifier it was offered as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidId {
    Empty,
    TooLong,
    Character,
    /// `.` or `..`, which every client takes out of an address.
    Dots,
    NotAPair,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InvalidId::Empty => "must not be empty",
            InvalidId::TooLong => "is too long",
            InvalidId::Character => "may only hold letters, digits, dot, underscore and hyphen",
            InvalidId::Dots => "must not be . or ..",
            InvalidId::NotAPair => "must be two different aliases in order, joined by #",
        })
    }
}

impl std::error::Error for InvalidId {}

fn check(text: &str, max: usize) -> Result<(), InvalidId> {
    if text.is_empty() {
        return Err(InvalidId::Empty);
    }
    if text.len() > max {
        return Err(InvalidId::TooLong);
    }
    if matches!(text, "." | "..") {
        return Err(InvalidId::Dots);
    }
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')) {
        Ok(())
    } else {
        Err(InvalidId::Character)
    }
}

impl UserAlias {
    /// # Errors
    /// When the text is empty, over 128 characters, `.`, `..`, or holds a character outside `A-Z a-z 0-9 . _ -`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        check(text, MAX_ALIAS_CHARS).map(|()| Self(text.into()))
    }
}

impl ClientMessageId {
    /// # Errors
    /// When the text is empty, over 64 characters, `.`, `..`, or holds a character outside `A-Z a-z 0-9 . _ -`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        check(text, 64).map(|()| Self(text.into()))
    }
}

impl UploadId {
    /// # Errors
    /// When the text is empty, over 64 characters, `.`, `..`, or holds a character outside `A-Z a-z 0-9 . _ -`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        check(text, 64).map(|()| Self(text.into()))
    }
}

impl CallAlias {
    /// # Errors
    /// When the text is empty, over 64 characters, `.`, `..`, or holds a character outside `A-Z a-z 0-9 . _ -`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        check(text, 64).map(|()| Self(text.into()))
    }
}

macro_rules! chosen_by_devices {
    ($($name:ident),*) => {$(
        impl $name {
            /// # Errors
            /// When the text is empty, over 64 characters, `.`, `..`, or holds a character outside `A-Z a-z 0-9 . _ -`.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                check(text, 64).map(|()| Self(text.into()))
            }
        }
    )*};
}

chosen_by_devices!(ShapeId, PageId, BoardDevice);

impl PageId {
    /// The page that every board has from the beginning.
    pub fn first() -> Self {
        Self("1".into())
    }
}

impl Epoch {
    /// # Errors
    /// When the text is empty, over 64 characters, or holds a character outside `A-Z a-z 0-9 . _ -`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        check(text, 64).map(|()| Self(text.into()))
    }
}

impl Default for Epoch {
    /// The only one of a store that never goes back.
    fn default() -> Self {
        Self("0".into())
    }
}

impl SessionId {
    /// # Errors
    /// When the text is empty, over 64 characters, `.`, `..`, or holds a character outside `A-Z a-z 0-9 . _ -`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        check(text, 64).map(|()| Self(text.into()))
    }
}

impl ChatId {
    /// The chat of two users; `None` for a chat with oneself, which does not exist.
    pub fn between(a: &UserAlias, b: &UserAlias) -> Option<Self> {
        let (first, second) = match a.cmp(b) {
            std::cmp::Ordering::Less => (a, b),
            std::cmp::Ordering::Greater => (b, a),
            std::cmp::Ordering::Equal => return None,
        };
        Some(Self(format!("{first}#{second}").into()))
    }

    /// # Errors
    /// When the text is not two different, ordered, valid aliases joined by `#`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let (first, second) = text.split_once('#').ok_or(InvalidId::NotAPair)?;
        check(first, MAX_ALIAS_CHARS)?;
        check(second, MAX_ALIAS_CHARS)?;
        if first < second { Ok(Self(text.into())) } else { Err(InvalidId::NotAPair) }
    }

    /// The two participants, in byte order.
    pub fn participants(&self) -> [UserAlias; 2] {
        let (first, second) = self.0.split_once('#').unwrap_or((&self.0, ""));
        [UserAlias(first.into()), UserAlias(second.into())]
    }

    /// The other participant, or `None` when `user` does not take part.
    pub fn other(&self, user: &UserAlias) -> Option<UserAlias> {
        let [first, second] = self.participants();
        if &first == user {
            Some(second)
        } else if &second == user {
            Some(first)
        } else {
            None
        }
    }
}

macro_rules! parsed_on_arrival {
    ($($name:ident),*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(D::Error::custom)
            }
        }
    )*};
}

parsed_on_arrival!(
    UserAlias,
    ChatId,
    ClientMessageId,
    UploadId,
    CallAlias,
    Epoch,
    SessionId,
    ShapeId,
    PageId,
    BoardDevice
);

/// Pairs a request with its one reply. Chosen by the client, unique per socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RequestId(pub u32);

/// From here on a widget numbers what it asks about boards, so that its other parts never take an answer for theirs.
pub const FIRST_DESK_REQUEST: u32 = 1 << 31;

/// Place of a message in its chat: 1, 2, 3, … without a hole. 0 means "before the first".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Seq(pub u64);

impl Seq {
    /// The place after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// How far a user's device has seen the durable events of that user. Grows; may skip numbers: [`crate::CursorStep`]
/// tells whether anything was missed. 0 means "nothing yet". It counts within one [`Epoch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Cursor(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_hold_what_the_rest_api_allows() {
        assert!(UserAlias::parse("usr_fr55ga3").is_ok());
        assert_eq!(UserAlias::parse(""), Err(InvalidId::Empty));
        assert_eq!(UserAlias::parse("a#b"), Err(InvalidId::Character));
        assert_eq!(UserAlias::parse("<b>"), Err(InvalidId::Character));
        for dots in [".", ".."] {
            assert_eq!(UserAlias::parse(dots), Err(InvalidId::Dots));
            assert_eq!(CallAlias::parse(dots), Err(InvalidId::Dots));
            assert_eq!(UploadId::parse(dots), Err(InvalidId::Dots));
            assert_eq!(ChatId::parse(&format!("{dots}#a")), Err(InvalidId::Dots));
        }
        for named in ["...", ".a", "a.", "..a"] {
            assert!(UserAlias::parse(named).is_ok(), "{named}");
        }
        assert_eq!(UserAlias::parse(&"a".repeat(129)), Err(InvalidId::TooLong));
    }

    #[test]
    fn a_chat_is_the_same_from_both_sides_and_never_with_oneself() {
        let (a, b) = (UserAlias::parse("anna").unwrap(), UserAlias::parse("bob").unwrap());
        assert_eq!(ChatId::between(&a, &b), ChatId::between(&b, &a));
        assert_eq!(ChatId::between(&a, &a), None);
        let chat = ChatId::between(&b, &a).unwrap();
        assert_eq!(chat.as_str(), "anna#bob");
        assert_eq!(chat.other(&a), Some(b));
        assert_eq!(chat.other(&UserAlias::parse("carl").unwrap()), None);
        assert_eq!(ChatId::parse("bob#anna"), Err(InvalidId::NotAPair));
        assert_eq!(ChatId::parse("anna"), Err(InvalidId::NotAPair));
    }
}
