//! Microphones, cameras and screens, as the state knows them: what is on, what was chosen, and why something is not.

/// A place for one stream. Services keep the stream under it, views show it by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MediaSlot {
    OwnMic,
    OwnCamera,
    OwnScreen,
    PeerAudio,
    PeerCamera,
    PeerScreen,
    /// The settings' preview, apart from what is sent.
    Preview,
}

/// What is asked of the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MediaWant {
    Mic,
    Camera,
    Screen,
}

/// How a screen is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenKind {
    /// For documents: sharp, 5 frames a second.
    Static,
    /// For films and animations: 30 frames a second.
    Dynamic,
}

/// Why a device does not work, plainly. Each has its words in the views and its public code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaProblem {
    /// The page is not on https.
    NotSecure,
    /// The frame the widget lives in does not allow it (`allow` of the iframe, or its sandbox).
    FrameBlocked,
    /// The page's own Permissions-Policy forbids it.
    PolicyBlocked,
    /// The person or the browser said no.
    Refused,
    NotFound,
    /// Another program has it.
    InUse,
    /// The person closed the browser's picker without a choice.
    Dismissed,
    /// This browser cannot.
    Unsupported,
    /// An extension is needed to share a screen here, and it is not installed.
    ExtensionMissing,
    Unknown,
}

impl MediaProblem {
    /// The code for logs, `data-` attributes and the diagnosis page.
    pub fn as_str(self) -> &'static str {
        match self {
            MediaProblem::NotSecure => "not_secure",
            MediaProblem::FrameBlocked => "blocked_by_frame",
            MediaProblem::PolicyBlocked => "blocked_by_policy",
            MediaProblem::Refused => "permission_refused",
            MediaProblem::NotFound => "device_not_found",
            MediaProblem::InUse => "device_in_use",
            MediaProblem::Dismissed => "dismissed",
            MediaProblem::Unsupported => "unsupported",
            MediaProblem::ExtensionMissing => "extension_missing",
            MediaProblem::Unknown => "unknown",
        }
    }
}

/// One of this side's sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// Released.
    #[default]
    Off,
    /// The browser is being asked.
    Opening,
    On,
    /// Live, and sent as silence.
    Muted,
    Failed(MediaProblem),
}

impl Source {
    /// Something is sent.
    pub fn is_on(self) -> bool {
        self == Source::On
    }
}

/// What this side sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LocalMedia {
    pub mic: Source,
    pub camera: Source,
    pub screen: Source,
}

/// Microphones and cameras there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Devices {
    pub mics: Vec<Device>,
    pub cameras: Vec<Device>,
    /// Ids of those in use.
    pub mic: Option<String>,
    pub camera: Option<String>,
    /// 0 to 3 bars; only while the settings are open.
    pub level: u8,
}

/// A microphone or camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    /// Empty as long as the browser does not tell.
    pub label: String,
}

/// How good the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quality {
    #[default]
    Unknown,
    Good,
    Fair,
    Poor,
}
