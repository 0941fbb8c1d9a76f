//! The events a hook can be told of, by their public names.

use bandyer_records::HookVersion;

macro_rules! events {
    ($($(#[$meta:meta])* $name:ident = $word:literal in $versions:tt,)*) => {
        /// What a hook can be told of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum HookEvent { $($(#[$meta])* $name,)* }

        impl HookEvent {
            pub const ALL: &[HookEvent] = &[$(HookEvent::$name,)*];

            /// The public name.
            pub fn as_str(self) -> &'static str {
                match self { $(HookEvent::$name => $word,)* }
            }

            fn versions(self) -> &'static [HookVersion] {
                use HookVersion::{V0, V1};
                match self { $(HookEvent::$name => &$versions,)* }
            }
        }
    };
}

events! {
    CallIncoming = "on_call_incoming" in [V0],
    CallEnded = "on_call_ended" in [V0],
    RoomCreated = "on_room_created" in [V0, V1],
    RoomDisabled = "on_room_disabled" in [V0, V1],
    RoomDeleted = "on_room_deleted" in [V0, V1],
    RoomNewFeedback = "on_room_new_feedback" in [V0, V1],
    SessionStarted = "on_session_started" in [V0, V1],
    /// Sessions of this server do not pause: they end.
    SessionResumed = "on_session_resumed" in [V0, V1],
    SessionPaused = "on_session_paused" in [V0, V1],
    SessionEnded = "on_session_ended" in [V0, V1],
    UserConnected = "on_user_connected" in [V0, V1],
    UserDisconnected = "on_user_disconnected" in [V0, V1],
    RecordingAvailable = "on_recording_available" in [V0],
    MessageSent = "on_message_sent" in [V1],
    UploadTagAdded = "on_upload_tag_added" in [V1],
    UploadTagRemoved = "on_upload_tag_removed" in [V1],
}

impl HookEvent {
    /// The event of that name, in hooks of that version.
    pub fn parse(word: &str, version: HookVersion) -> Option<Self> {
        HookEvent::ALL.iter().copied().find(|event| event.as_str() == word && event.is_in(version))
    }

    /// All public names.
    pub fn words() -> Vec<&'static str> {
        HookEvent::ALL.iter().map(|event| event.as_str()).collect()
    }

    pub fn is_in(self, version: HookVersion) -> bool {
        self.versions().contains(&version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_known_in_its_versions_only() {
        assert_eq!(HookEvent::parse("on_call_ended", HookVersion::V0), Some(HookEvent::CallEnded));
        assert_eq!(HookEvent::parse("on_call_ended", HookVersion::V1), None);
        assert_eq!(HookEvent::parse("on_message_sent", HookVersion::V0), None);
        assert_eq!(HookEvent::parse("on_broadcast_created", HookVersion::V1), None);
    }
}
