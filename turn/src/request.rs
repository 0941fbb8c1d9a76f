//! What a message from a client is, and the answers that need no engine.

use super::credentials::User;
use std::net::SocketAddr;
use turn_server_proto::types::attribute::{
    ChannelNumber, EvenPort, RequestedTransport, ReservationToken, XorPeerAddress,
};
use turn_server_proto::types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND};
use turn_server_proto::types::stun::attribute::{ErrorCode, Username, XorMappedAddress};
use turn_server_proto::types::stun::message::{
    BINDING, Message, MessageClass, MessageWrite, MessageWriteExt, MessageWriteVec,
};
use turn_server_proto::types::stun::prelude::{Attribute, AttributeFromRaw, AttributeStaticType};

/// A datagram or frame from a client, looked at.
pub enum Incoming<'a> {
    /// Data on a channel.
    Channel,
    /// Data with an address.
    Send,
    /// "What is my address?"
    Binding(Message<'a>),
    Request(Verb, Message<'a>),
    /// Nothing we speak.
    Noise,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Allocate,
    Refresh,
    CreatePermission,
    ChannelBind,
}

impl<'a> Incoming<'a> {
    pub fn read(data: &'a [u8]) -> Self {
        match data.first().map(|byte| byte >> 6) {
            Some(0b01) => Incoming::Channel,
            Some(0b00) => Message::from_bytes(data).map_or(Incoming::Noise, Self::message),
            _ => Incoming::Noise,
        }
    }

    fn message(message: Message<'a>) -> Self {
        let method = message.method();
        match message.class() {
            MessageClass::Indication if method == SEND => Incoming::Send,
            MessageClass::Request if method == BINDING => Incoming::Binding(message),
            MessageClass::Request => match verb(&message) {
                Some(verb) => Incoming::Request(verb, message),
                None => Incoming::Noise,
            },
            MessageClass::Indication | MessageClass::Success | MessageClass::Error => Incoming::Noise,
        }
    }
}

fn verb(message: &Message<'_>) -> Option<Verb> {
    let verbs = [
        (ALLOCATE, Verb::Allocate),
        (REFRESH, Verb::Refresh),
        (CREATE_PERMISSION, Verb::CreatePermission),
        (CHANNEL_BIND, Verb::ChannelBind),
    ];
    verbs.into_iter().find(|(method, _)| *method == message.method()).map(|(_, verb)| verb)
}

/// Whether somebody claims to be somebody. The first request of a client does not.
pub fn is_signed(message: &Message<'_>) -> bool {
    message.has_attribute(Username::TYPE)
}

/// The peers a request names; one that cannot be read is the engine's to refuse.
pub fn peers(message: &Message<'_>) -> Vec<SocketAddr> {
    let attributes = message.iter_attributes().map(|(_, attribute)| attribute);
    attributes
        .filter(|attribute| attribute.get_type() == XorPeerAddress::TYPE)
        .filter_map(|attribute| XorPeerAddress::from_raw(attribute).ok())
        .map(|peer| peer.addr(message.transaction_id()))
        .collect()
}

pub fn channel(message: &Message<'_>) -> Option<u16> {
    message.attribute::<ChannelNumber>().ok().map(|number| number.channel())
}

/// Why an Allocate asks for what we never give: a relay over TCP, or a reserved port.
pub fn unsupported(message: &Message<'_>) -> Option<u16> {
    let tcp = message
        .attribute::<RequestedTransport>()
        .is_ok_and(|wanted| wanted.protocol() != RequestedTransport::UDP);
    let reserves = message.attribute::<EvenPort>().is_ok_and(|even| even.requested())
        || message.has_attribute(ReservationToken::TYPE);
    if tcp {
        Some(ErrorCode::UNSUPPORTED_TRANSPORT_PROTOCOL)
    } else {
        reserves.then_some(ErrorCode::INSUFFICIENT_CAPACITY)
    }
}

pub fn wants_even_port(message: &Message<'_>) -> bool {
    message.has_attribute(EvenPort::TYPE)
}

/// Tells a client how we see it.
pub fn mapped(message: &Message<'_>, client: SocketAddr) -> Option<Vec<u8>> {
    let mut answer = Message::builder_success(message, MessageWriteVec::new());
    answer.add_attribute(&XorMappedAddress::new(client, message.transaction_id())).ok()?;
    answer.add_fingerprint().ok()?;
    Some(answer.finish())
}

/// Refuses a request of somebody who has proved who they are.
pub fn refusal(message: &Message<'_>, code: u16, user: &User) -> Option<Vec<u8>> {
    let mut answer = Message::builder_error(message, MessageWriteVec::new());
    answer.add_attribute(&ErrorCode::builder(code).build().ok()?).ok()?;
    let (key, algorithm) = user.key();
    answer.add_message_integrity_with_key(key, algorithm).ok()?;
    answer.add_fingerprint().ok()?;
    Some(answer.finish())
}
