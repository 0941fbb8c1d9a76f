//! The last word of a page that is left. Its socket may be closed before the page is told that it goes (Firefox does so),
//! so that this goes by a request of its own: `POST /client/farewell` with a [`Farewell`] as JSON, whatever the content
//! type says, for a browser sends it as a beacon. Who heard it over the socket already hears nothing new.

use crate::call::Seat;
use crate::ids::{CallAlias, ClientMessageId};
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// Where the server takes it, relative to its origin.
pub const FAREWELL_PATH: &str = "/client/farewell";

/// Neither cookies nor headers go with a beacon: the token is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Farewell {
    pub token: Secret,
    pub leaves: Leaves,
}

/// What the page was in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Leaves {
    /// The call, or the own ring, in which this device has that seat.
    Call { call: CallAlias, seat: Seat },
    /// The same, by a page that may be back in a moment; see [`crate::CallRequest::StepOut`].
    ForAMoment { call: CallAlias, seat: Seat },
    /// A call that was asked for under that key, and not answered yet.
    Ring { key: ClientMessageId },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_like_that() {
        for text in [
            r#"{"token":"t","leaves":{"call":{"call":"room_1","seat":"s-1"}}}"#,
            r#"{"token":"t","leaves":{"for_a_moment":{"call":"room_1","seat":"s-1"}}}"#,
            r#"{"token":"t","leaves":{"ring":{"key":"k-1"}}}"#,
        ] {
            let read: Farewell = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
        for text in [
            r#"{"token":"t","leaves":{"call":{"call":"room_1"}}}"#,
            r#"{"token":"t","leaves":{"ring":{"key":""}}}"#,
            r#"{"leaves":{"ring":{"key":"k"}}}"#,
        ] {
            assert!(serde_json::from_str::<Farewell>(text).is_err(), "{text}");
        }
    }
}
