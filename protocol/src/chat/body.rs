//! How a message body is read: a kind that is not known here must not cost the page it stands in.

use super::MessageBody;
use serde::de::{EnumAccess, IgnoredAny, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Kind {
    Text,
    File,
    MissedCall,
    DeclinedCall,
    #[serde(other)]
    Unknown,
}

struct Body;

impl<'de> Visitor<'de> for Body {
    type Value = MessageBody;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message body")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, body: A) -> Result<MessageBody, A::Error> {
        let (kind, content) = body.variant()?;
        match kind {
            Kind::Text => content.newtype_variant().map(MessageBody::Text),
            Kind::File => content.newtype_variant().map(MessageBody::File),
            Kind::MissedCall => content.newtype_variant().map(MessageBody::MissedCall),
            Kind::DeclinedCall => content.newtype_variant().map(MessageBody::DeclinedCall),
            Kind::Unknown => content.newtype_variant().map(|_: IgnoredAny| MessageBody::Unknown),
        }
    }
}

impl<'de> Deserialize<'de> for MessageBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("MessageBody", &["text", "file", "missed_call", "declined_call"], Body)
    }
}
