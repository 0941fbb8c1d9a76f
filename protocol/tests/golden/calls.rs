//! One of each that is said about calls.

use super::*;

pub fn call_alias() -> CallAlias {
    CallAlias::parse("room_027b9312e9a5").unwrap()
}

pub fn call() -> Call {
    Call {
        call: call_alias(),
        initiator: Some(alias("anna")),
        participants: [alias("anna"), alias("bob")],
        call_type: CallType::AudioVideo,
        record: false,
        recording_type: RecordingType::Automatic,
        live: true,
        created_at: Timestamp(1_767_225_600_000),
    }
}

pub fn ice_servers() -> Vec<IceServer> {
    vec![
        IceServer { urls: vec!["stun:{host}:3478".into()], username: None, credential: None },
        IceServer {
            urls: vec!["turn:{host}:3478?transport=udp".into()],
            username: Some("1767226200:anna".into()),
            credential: Some(Secret("c2VjcmV0".into())),
        },
    ]
}

pub fn offer() -> Signal {
    Signal::Description { kind: SdpKind::Offer, number: 1, sdp: "v=0\r\n".into() }
}

pub fn candidate() -> Signal {
    let candidate = "candidate:1 1 udp 2122260223 192.0.2.1 54321 typ host".into();
    Signal::Candidate { candidate, mid: Some("0".into()), line: Some(0), number: 1 }
}

pub fn call_questions() -> Vec<(&'static str, ClientMessage)> {
    let call = call_alias;
    let terms = CallTerms { call_type: CallType::AudioUpgradable, ..CallTerms::default() };
    let key = ClientMessageId::parse("5eed-call-1").unwrap();
    let media = Signal::Media(MediaState { mic: true, camera: false, screen: false });
    let feedback = Feedback { rating: 4, comment: "Clear \"sound\"".into() };
    vec![
        ("create_call", ClientMessage::Call(CallRequest::Create { key, callee: alias("bob"), terms })),
        (
            "join_call",
            ClientMessage::Call(CallRequest::Join {
                link: Secret("https://chat.example.com/connect/rest-call-handler/t".into()),
                tools: None,
            }),
        ),
        (
            "resume_call",
            ClientMessage::Call(CallRequest::Resume {
                call: call(),
                seat: SessionId::parse("s-17").unwrap(),
            }),
        ),
        ("take_call", ClientMessage::Call(CallRequest::Take)),
        ("step_out", ClientMessage::Call(CallRequest::StepOut { call: call() })),
        (
            "create_call_with_tools",
            ClientMessage::Call(CallRequest::Create {
                key: ClientMessageId::parse("5eed-call-2").unwrap(),
                callee: alias("bob"),
                terms: CallTerms { tools: Some(Tools::NONE.with(Tool::WbPen, true)), ..CallTerms::default() },
            }),
        ),
        ("accept_dial", ClientMessage::Call(CallRequest::Accept { call: call(), tools: None })),
        (
            "decline_dial",
            ClientMessage::Call(CallRequest::Decline { call: call(), reason: DeclineReason::None }),
        ),
        ("hang_up", ClientMessage::Call(CallRequest::HangUp { call: call(), reason: HangUpReason::Wish })),
        (
            "hang_up_no_way",
            ClientMessage::Call(CallRequest::HangUp { call: call(), reason: HangUpReason::NoWay }),
        ),
        (
            "cancel_call",
            ClientMessage::Call(CallRequest::Cancel { key: ClientMessageId::parse("k1").unwrap() }),
        ),
        ("report_media", ClientMessage::Call(CallRequest::ReportMedia { call: call(), connected: true })),
        ("signal_description", ClientMessage::Call(CallRequest::Signal { call: call(), signal: offer() })),
        ("signal_candidate", ClientMessage::Call(CallRequest::Signal { call: call(), signal: candidate() })),
        ("signal_media", ClientMessage::Call(CallRequest::Signal { call: call(), signal: media })),
        (
            "signal_restart",
            ClientMessage::Call(CallRequest::Signal { call: call(), signal: Signal::Restart }),
        ),
        ("upgrade_call", ClientMessage::Call(CallRequest::Upgrade { call: call() })),
        ("get_ice_servers", ClientMessage::Call(CallRequest::GetIceServers { call: call() })),
        (
            "share_file",
            ClientMessage::Call(CallRequest::ShareFile { call: call(), upload: attachment().upload }),
        ),
        ("rate_call", ClientMessage::Call(CallRequest::Rate { call: call(), feedback })),
    ]
}

pub fn call_answers() -> Vec<(&'static str, Kind, ServerMessage)> {
    let entry = CallEntry {
        call: call(),
        phase: CallPhase::Dialing,
        seat: SessionId::parse("s-17").unwrap(),
        peer: bare_profile(),
        ice_servers: ice_servers(),
        offers: true,
        offer_number: 1,
        is_admin: false,
        tools: Tools::ALL,
    };
    let ringing = Welcome { ringing: Some(Box::new(dial())), ..welcome() };
    let elsewhere = Welcome { elsewhere: Some(Box::new(there())), ..welcome() };
    vec![
        ("welcome_elsewhere", Kind::Reply, ServerMessage::Session(SessionNews::Welcome(Box::new(elsewhere)))),
        ("welcome_ringing", Kind::Reply, ServerMessage::Session(SessionNews::Welcome(Box::new(ringing)))),
        ("call_entered", Kind::Reply, ServerMessage::Call(CallNews::Entered(Box::new(entry)))),
        ("ice_servers", Kind::Reply, ServerMessage::Call(CallNews::IceServers { servers: ice_servers() })),
    ]
}

pub fn there() -> Elsewhere {
    Elsewhere { call: call(), phase: CallPhase::Connected, peer: bare_profile(), window: true }
}

pub fn dial() -> Dial {
    Dial { call: call(), caller: UserProfile { alias: alias("anna"), ..bare_profile() } }
}

pub fn call_events() -> Vec<(&'static str, Kind, ServerMessage)> {
    let (call, by, at) = (call_alias, || alias("bob"), Timestamp(1_767_225_600_000));
    let shared = SharedFile { by: by(), file: attachment(), at };
    let events = vec![
        ("dialed", ServerMessage::Call(CallNews::Dialed(Box::new(dial())))),
        ("dial_answered", ServerMessage::Call(CallNews::Answered { call: call(), by: by() })),
        (
            "dial_declined",
            ServerMessage::Call(CallNews::Declined { call: call(), by: by(), reason: DeclineReason::None }),
        ),
        (
            "dial_stopped",
            ServerMessage::Call(CallNews::Stopped {
                call: call(),
                by: by(),
                reason: StopReason::DialTimeout,
            }),
        ),
        ("call_started", ServerMessage::Call(CallNews::Started { call: call(), at })),
        (
            "call_ended",
            ServerMessage::Call(CallNews::Ended { call: call(), by: Some(by()), reason: EndReason::HungUp }),
        ),
        (
            "call_ended_by_nobody",
            ServerMessage::Call(CallNews::Ended { call: call(), by: None, reason: EndReason::Duration }),
        ),
        ("peer_line", ServerMessage::Call(CallNews::PeerLine { call: call(), up: false })),
        ("elsewhere", ServerMessage::Call(CallNews::Elsewhere(Box::new(there())))),
        (
            "peer_moved",
            ServerMessage::Call(CallNews::PeerMoved {
                call: call(),
                offers: true,
                offer_number: 1_700,
                ice_servers: ice_servers(),
            }),
        ),
        ("signaled", ServerMessage::Call(CallNews::Signaled { call: call(), signal: candidate() })),
        ("call_upgraded", ServerMessage::Call(CallNews::Upgraded { call: call(), by: by() })),
        ("file_shared", ServerMessage::Call(CallNews::FileShared { call: call(), shared })),
        ("call_ends_soon", ServerMessage::Call(CallNews::EndsSoon { call: call(), in_ms: 30_000 })),
    ];
    events.into_iter().map(|(name, message)| (name, Kind::Passing, message)).collect()
}
