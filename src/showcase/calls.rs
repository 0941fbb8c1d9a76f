//! Calls with made-up people. The moving pictures are put in by the page: [`super::Exhibit::show`].

use super::{Exhibit, event, now, people};
use bandyer_core::Action;
use bandyer_core::action::{
    CallAction, MediaEvent, PickedFile, RtcEvent, SocketEvent, UploadEvent, UserAction,
};
use bandyer_core::calls::{Device, Devices, MediaProblem, MediaSlot, MediaWant, Quality, ScreenKind};
use bandyer_core::effect::MediaCommand;
use bandyer_protocol::{
    Attachment, Call, CallAlias, CallEntry, CallNews, CallPhase, CallTerms, CallType, Dial, EndReason,
    ErrorCode, Failure, MediaState, ServerMessage, SessionId, SharedFile, Signal, Tools, UploadId,
};

const PEER: &str = "anna.rossi";

pub fn alias() -> CallAlias {
    CallAlias::parse("room_1").unwrap_or_else(|_| unreachable!("a valid alias"))
}

fn call(initiator: &str, other: &str, terms: CallTerms) -> Call {
    Call {
        call: alias(),
        initiator: Some(people::alias(initiator)),
        participants: [people::alias(initiator), people::alias(other)],
        call_type: terms.call_type,
        record: false,
        recording_type: terms.recording_type,
        live: true,
        created_at: now(),
    }
}

/// How this device enters its call.
pub fn entry(terms: CallTerms, phase: CallPhase) -> CallEntry {
    CallEntry {
        call: call(people::ME, PEER, terms),
        phase,
        seat: SessionId::parse("s1").unwrap_or_else(|_| unreachable!("a valid id")),
        peer: people::profile(PEER),
        ice_servers: Vec::new(),
        offers: true,
        offer_number: 1,
        is_admin: false,
        tools: Tools::ALL,
    }
}

/// What the browser says to a command for devices.
pub fn devices(view: &str, command: &MediaCommand) -> Vec<MediaEvent> {
    let device = |id: &str, label: &str| Device { id: id.to_owned(), label: label.to_owned() };
    match command {
        MediaCommand::Open { round, mic, camera, .. } => {
            let wants = [(*mic, MediaWant::Mic), (*camera, MediaWant::Camera)];
            let wanted = wants.into_iter().filter(|(wanted, _)| *wanted).map(|(_, want)| want);
            wanted.map(|want| opened(view, *round, want)).collect()
        }
        MediaCommand::OpenScreen { round, .. } if view == "call-extension" => {
            vec![refused(*round, MediaWant::Screen, MediaProblem::ExtensionMissing)]
        }
        MediaCommand::OpenScreen { round, .. } => {
            vec![MediaEvent::Opened { round: *round, want: MediaWant::Screen, device: None }]
        }
        MediaCommand::Watch => vec![MediaEvent::Devices(Devices {
            mics: vec![
                device("m1", "Built-in microphone"),
                device("m2", "Headset (Bluetooth), hands-free audio"),
            ],
            cameras: vec![device("c1", "FaceTime HD camera"), device("c2", "")],
            mic: Some("m1".to_owned()),
            camera: Some("c1".to_owned()),
            level: 0,
        })],
        MediaCommand::Measure(true) => vec![MediaEvent::Level(2)],
        MediaCommand::Measure(false)
        | MediaCommand::Mute(_)
        | MediaCommand::Close(_)
        | MediaCommand::Unwatch
        | MediaCommand::KeepScreenOn(_)
        | MediaCommand::Play
        | MediaCommand::ReleaseAll => Vec::new(),
    }
}

fn opened(view: &str, round: u32, want: MediaWant) -> MediaEvent {
    let problem = match (view, want) {
        ("call-mic-refused", MediaWant::Mic) => MediaProblem::Refused,
        ("call-not-secure", MediaWant::Mic | MediaWant::Camera) => MediaProblem::NotSecure,
        ("call-camera-in-use" | "call-settings-blocked", MediaWant::Camera) => MediaProblem::InUse,
        ("call-settings-blocked", MediaWant::Mic) => MediaProblem::FrameBlocked,
        _ => return MediaEvent::Opened { round, want, device: None },
    };
    refused(round, want, problem)
}

fn refused(round: u32, want: MediaWant, problem: MediaProblem) -> MediaEvent {
    MediaEvent::Failed { round, want, problem, named: false }
}

impl Exhibit {
    pub(super) fn arrange_call(&self, view: &str) {
        match view {
            "dial-in" => self.ring(CallType::AudioVideo),
            "dial-in-audio" => self.ring(CallType::AudioOnly),
            "dial-out" => self.dial(CallType::AudioUpgradable),
            "dial-out-video" => self.dial(CallType::AudioVideo),
            "failure-busy" => self.refuse(ErrorCode::CalleeBusy),
            "failure-lost" => {
                self.talk(CallType::AudioVideo);
                self.end(EndReason::Vanished, false);
            }
            "feedback" | "feedback-thanks" => {
                self.talk(CallType::AudioVideo);
                self.end(EndReason::HungUp, true);
                if view == "feedback-thanks" {
                    self.user(CallAction::SendFeedback { rating: 5, comment: String::new() });
                }
            }
            "call-waiting" => self.wait(),
            "call-connecting" => {
                self.dial(CallType::AudioVideo);
                self.answered();
            }
            _ => self.talk_of(view),
        }
    }

    fn talk_of(&self, view: &str) {
        self.talk(match view {
            "call-audio" | "in-call-list" | "in-call-conversation" => CallType::AudioOnly,
            "call-upgradable" => CallType::AudioUpgradable,
            _ => CallType::AudioVideo,
        });
        match view {
            "call-reconnecting" => self.rtc(|round| RtcEvent::Broken { round }),
            "call-peer-line" => self.tell(event(CallNews::PeerLine { call: alias(), up: false })),
            "call-own-line" => self.store.dispatch(Action::Socket(SocketEvent::Closed)),
            "call-muted" => self.muted(),
            "call-screen" => self.peer_screen(),
            "call-sharing" | "call-extension" => self.user(CallAction::ShareScreen(ScreenKind::Static)),
            "call-files" => self.share_files(),
            "call-files-received" => self.receive_files(),
            "call-playback" => self.store.dispatch(Action::Media(MediaEvent::PlaybackBlocked)),
            "call-ends-soon" => self.tell(event(CallNews::EndsSoon { call: alias(), in_ms: 45_000 })),
            "call-full" => self.user(CallAction::ToggleFullScreen),
            "call-unread" => self.receive("Shall I send you the plan meanwhile?"),
            "in-call-list" => self.user(CallAction::BackToChat),
            "in-call-conversation" => {
                self.user(CallAction::BackToChat);
                self.open(PEER);
            }
            _ => {}
        }
    }

    fn ring(&self, call_type: CallType) {
        let terms = CallTerms { call_type, ..CallTerms::default() };
        let dial = Dial { call: call(PEER, people::ME, terms), caller: people::profile(PEER) };
        self.tell(event(CallNews::Dialed(Box::new(dial))));
    }

    fn dial(&self, call_type: CallType) {
        self.user(CallAction::Start { chat: people::chat(PEER), call_type });
    }

    fn answered(&self) {
        self.tell(event(CallNews::Answered { call: alias(), by: people::alias(PEER) }));
    }

    fn refuse(&self, code: ErrorCode) {
        self.server.borrow_mut().refuse_call = Some(Failure::new(code, "refused"));
        self.dial(CallType::AudioUpgradable);
    }

    fn wait(&self) {
        let join = bandyer_core::ApiCall::JoinCallUrl {
            url: "https://example.com/connect/rest-call-handler/x".to_owned(),
        };
        self.store.dispatch(Action::Api(bandyer_core::ApiCallId(2), join));
    }

    /// Both are in, for some minutes.
    fn talk(&self, call_type: CallType) {
        self.dial(call_type);
        self.answered();
        self.tell(event(CallNews::Started { call: alias(), at: now().plus_ms(-754_000) }));
        self.rtc(|round| RtcEvent::Connected { round });
        self.rtc(|round| RtcEvent::Quality { round, quality: Quality::Good });
        self.rtc(|round| RtcEvent::Stream { round, slot: MediaSlot::PeerAudio, live: true });
        let camera = call_type == CallType::AudioVideo;
        self.rtc(|round| RtcEvent::Stream { round, slot: MediaSlot::PeerCamera, live: camera });
        self.peer_sends(MediaState { mic: true, camera, screen: false });
    }

    fn rtc(&self, what: impl FnOnce(u32) -> RtcEvent) {
        let round = self.store.state().calls.round;
        self.store.dispatch(Action::Rtc(what(round)));
    }

    fn peer_sends(&self, state: MediaState) {
        self.tell(event(CallNews::Signaled { call: alias(), signal: Signal::Media(state) }));
    }

    fn muted(&self) {
        self.user(CallAction::ToggleMic);
        self.user(CallAction::ToggleCamera);
        self.peer_sends(MediaState::default());
        self.rtc(|round| RtcEvent::Quality { round, quality: Quality::Poor });
    }

    fn peer_screen(&self) {
        self.rtc(|round| RtcEvent::Stream { round, slot: MediaSlot::PeerScreen, live: true });
        self.peer_sends(MediaState { mic: true, camera: true, screen: true });
    }

    fn end(&self, reason: EndReason, feedback: bool) {
        let by = feedback.then(|| people::alias(PEER));
        self.tell(event(CallNews::Ended { call: alias(), by, reason }));
    }

    /// One on its way, one failed, one too large, one given.
    fn share_files(&self) {
        let names = [
            ("Contract, final version.pdf", 4_812_330),
            ("holiday.jpg", 901_223),
            ("film.mkv", 900_000_000),
            ("notes of the meeting in a file with a rather long name.txt", 812),
        ];
        let files = names.iter().zip(1..).map(|((name, size), file)| PickedFile {
            file,
            name: (*name).to_owned(),
            size: *size,
            picture: false,
        });
        self.user(CallAction::ShareFiles(files.collect()));
        let ids: Vec<_> = self.store.state().calls.files.iter().map(|file| file.id.clone()).collect();
        let [first, second, _, fourth] = ids.as_slice() else { return };
        let failed = UploadEvent::Failed {
            client_id: second.clone(),
            code: bandyer_core::action::UploadFailure::Network,
        };
        let progress = UploadEvent::Progress { client_id: first.clone(), sent: 3_012_000, total: 4_812_330 };
        let receipt =
            Box::new(bandyer_protocol::UploadReceipt { attachment: attachment(names[3].0, names[3].1) });
        let stored = UploadEvent::Stored { client_id: fourth.clone(), receipt };
        for event in [failed, progress, stored] {
            self.store.dispatch(Action::Upload(event));
        }
        self.user(CallAction::DismissSnack);
    }

    fn receive_files(&self) {
        for (name, size) in
            [("Floor plan, third revision.pdf", 384_112), ("sunset.jpg", 1_204_332), ("list.xlsx", 18_223)]
        {
            let shared = SharedFile { by: people::alias(PEER), file: attachment(name, size), at: now() };
            self.tell(event(CallNews::FileShared { call: alias(), shared }));
        }
        let first = self.store.state().calls.files.first().map(|file| file.id.clone());
        if let Some(id) = first {
            self.user(CallAction::DownloadShared { id });
        }
    }
}

/// The reply to a file that was given.
pub fn shared(call: &CallAlias, upload: &UploadId) -> ServerMessage {
    let file = Attachment { upload: upload.clone(), ..attachment("given", 1) };
    let shared = SharedFile { by: people::alias(people::ME), file, at: now() };
    ServerMessage::Call(CallNews::FileShared { call: call.clone(), shared })
}

fn attachment(name: &str, size: u64) -> Attachment {
    Attachment {
        upload: UploadId::parse(&format!("u{size}")).unwrap_or_else(|_| unreachable!("a valid id")),
        name: name.to_owned(),
        size,
        media_type: "application/octet-stream".to_owned(),
        picture: false,
    }
}
