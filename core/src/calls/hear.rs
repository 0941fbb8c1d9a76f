//! Who in this slice hears of what the person in front of the screen does.

use super::{Calls, MediaWant};
use crate::action::UserAction;
use crate::api::CallChoice;
use crate::step::{Step, World};
use bandyer_protocol::ClientMessage;

impl Calls {
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
