//! Who in this slice hears of what: events of the server, and what the person in front of the screen does.

use super::{Calls, MediaWant};
use crate::action::UserAction;
use crate::api::CallChoice;
use crate::step::{Step, World};
use bandyer_protocol::{ClientMessage, ServerMessage};

/// Events for this slice.
pub(crate) fn is_event(message: &ServerMessage) -> bool {
    matches!(
        message,
        ServerMessage::CallEntered(_)
            | ServerMessage::DialAnswered { .. }
            | ServerMessage::DialDeclined { .. }
            | ServerMessage::DialStopped { .. }
            | ServerMessage::CallStarted { .. }
            | ServerMessage::CallEnded { .. }
            | ServerMessage::PeerLine { .. }
            | ServerMessage::Signaled { .. }
            | ServerMessage::CallUpgraded { .. }
            | ServerMessage::FileShared { .. }
            | ServerMessage::CallEndsSoon { .. }
    )
}

impl Calls {
    /// Something happened to a call. About calls this device does not know, nothing is done.
    pub(crate) fn event(&mut self, message: ServerMessage, world: &World) -> Vec<Step> {
        match message {
            ServerMessage::CallEntered(entry) => self.entered_late(&entry, world),
            ServerMessage::DialAnswered { call, by } => self.dial_answered(&call, by),
            ServerMessage::DialDeclined { call, by, reason } => self.dial_declined(&call, by, reason),
            ServerMessage::DialStopped { call, by, reason } => self.dial_stopped(&call, by, reason),
            ServerMessage::CallStarted { call, at } => self.started(&call, at, world),
            ServerMessage::CallEnded { call, by, reason } => self.call_ended(&call, by, reason, world),
            ServerMessage::PeerLine { call, up } => self.peer_line(&call, up, world),
            ServerMessage::Signaled { call, signal } => self.signaled(&call, signal),
            ServerMessage::CallUpgraded { call, by } => self.upgraded(&call, &by, world),
            ServerMessage::FileShared { call, shared } => self.file_received(&call, shared, world),
            ServerMessage::CallEndsSoon { call, in_ms } => self.ends_soon(&call, in_ms, world.now),
            _ => Vec::new(),
        }
    }

    /// What the person did in a view of calls.
    pub(crate) fn user(&mut self, action: UserAction, world: &World) -> Vec<Step> {
        match action {
            UserAction::StartCall { chat, call_type } => {
                let callee = world.me.as_ref().and_then(|me| chat.other(me));
                let users: Vec<String> = callee.iter().map(ToString::to_string).collect();
                let choice = CallChoice { call_type: Some(call_type), ..CallChoice::default() };
                return self.create(None, &users, choice, world);
            }
            UserAction::AcceptDial => return self.accept(world),
            UserAction::DeclineDial => return self.decline(world),
            UserAction::HangUp => return self.hang_up(None, world),
            UserAction::ToggleMic => return self.toggle_mic(),
            UserAction::ToggleCamera => return self.toggle_camera(world),
            UserAction::ShareScreen(kind) => return self.share_screen(kind, world),
            UserAction::StopScreen => return self.stop_screen(),
            UserAction::BackToChat => self.back_to_chat(),
            UserAction::BackToCall => self.back_to_call(),
            UserAction::ToggleFullScreen => self.toggle_full_screen(),
            UserAction::CallSettings(open) => return self.settings(open),
            UserAction::ChooseMic(id) => return self.choose(MediaWant::Mic, id),
            UserAction::ChooseCamera(id) => return self.choose(MediaWant::Camera, id),
            UserAction::AskAgain(want) => return self.ask_again(want, world),
            UserAction::AllowPlayback => return self.allow_playback(),
            UserAction::DismissCallFailure => self.dismiss_failure(),
            UserAction::DismissSnack => return self.snack_over(),
            UserAction::ShareFiles(files) => return self.share_files(files, world),
            UserAction::CancelShare { id } => return self.cancel_share(&id),
            UserAction::RetryShare { id } => return self.retry_share(&id),
            UserAction::DownloadShared { id } => return self.download_shared(&id),
            UserAction::SendFeedback { rating, comment } => return self.send_feedback(rating, &comment),
            UserAction::CloseFeedback => self.feedback = None,
            _ => {}
        }
        Vec::new()
    }

    /// "Back to chat" leads to the chat, unless the whole widget was hidden before.
    fn dismiss_failure(&mut self) {
        self.failure = None;
        self.before = self.before.filter(|before| !before.shown);
    }

    /// The page is left: there is no time to wait for an answer. An unanswered ring goes on for other devices.
    pub(crate) fn leave(&mut self, world: &World) -> Vec<Step> {
        match self.farewell() {
            Some(ClientMessage::HangUp { .. }) => self.hang_up(None, world),
            Some(_) | None => Vec::new(),
        }
    }
}
