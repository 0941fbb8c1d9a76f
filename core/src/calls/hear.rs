//! Who in this slice hears of what the person does, of what the server says, and of timers.

use super::ask::ask;
use super::window::window;
use super::{Calls, MediaWant, Stage};
use crate::action::CallAction;
use crate::api::CallChoice;
use crate::effect::{Effect, RtcCommand, WindowCommand};
use crate::questions::CallQuestion;
use crate::step::{Step, Transition, World};
use crate::timers::CallTimer;
use bandyer_protocol::{CallNews, CallRequest, CallType, ChatId, Dial, Farewell, Leaves, Secret};
use std::rc::Rc;

impl Calls {
    /// What the person did in a view of calls.
    pub(crate) fn user(&mut self, action: CallAction, world: &World) -> Vec<Step> {
        match action {
            CallAction::Start { chat, call_type } => self.call_back(&chat, call_type, world),
            CallAction::Accept => self.accept(world),
            CallAction::Decline => self.decline(world),
            CallAction::HangUp => self.hang_up(None, world),
            CallAction::ToggleMic => self.toggle_mic(),
            CallAction::ToggleCamera => self.toggle_camera(world),
            CallAction::ShareScreen(kind) => self.share_screen(kind, world),
            CallAction::StopScreen => self.stop_screen(),
            CallAction::BackToChat => self.back_to_chat(world),
            CallAction::BackToCall => self.back_to_call(),
            CallAction::ToggleFullScreen => self.toggle_full_screen(),
            CallAction::Settings(open) => self.settings(open),
            CallAction::ChooseMic(id) => self.choose(MediaWant::Mic, id),
            CallAction::ChooseCamera(id) => self.choose(MediaWant::Camera, id),
            CallAction::AskAgain(want) => self.ask_again(want, world),
            CallAction::AllowPlayback => self.allow_playback(),
            CallAction::OpenWindow => vec![window(WindowCommand::Open)],
            CallAction::FocusWindow => vec![window(WindowCommand::Focus)],
            CallAction::GoOnHere => self.go_on_here(world),
            CallAction::DismissFailure => self.dismiss_failure(),
            CallAction::DismissSnack => self.snack_over(),
            CallAction::ShareFiles(files) => self.share_files(files, world),
            CallAction::CancelShare { id } => self.cancel_share(&id),
            CallAction::RetryShare { id } => self.retry_share(&id),
            CallAction::DownloadShared { id } => self.download_shared(&id),
            CallAction::SendFeedback { rating, comment } => self.send_feedback(rating, &comment),
            CallAction::CloseFeedback => {
                self.feedback = None;
                vec![Step::Told(Transition::FeedbackClosed)]
            }
        }
    }

    /// What the server says.
    pub(crate) fn heard(&mut self, news: CallNews, world: &World) -> Vec<Step> {
        match news {
            CallNews::Dialed(dial) => self.rings(*dial, world),
            // An answer that came too late puts this device into a call all the same.
            CallNews::Entered(entry) => self.entered_late(&entry, world),
            CallNews::Answered { call, by } => self.dial_answered(&call, by),
            CallNews::Declined { call, by, reason } => self.dial_declined(&call, by, reason),
            CallNews::Stopped { call, by, reason } => self.dial_stopped(&call, by, reason),
            CallNews::Started { call, at } => self.started(&call, at, world),
            CallNews::Ended { call, by, reason } => self.call_ended(&call, by, reason, world),
            CallNews::PeerLine { call, up } => self.peer_line(&call, up, world),
            CallNews::Elsewhere(there) => self.is_elsewhere(*there, world),
            CallNews::PeerMoved { call, offers, offer_number, ice_servers } => self
                .peer_moved(&call, RtcCommand::Open { round: self.round, offers, offer_number, ice_servers }),
            CallNews::Signaled { call, signal } => self.signaled(&call, signal, world),
            CallNews::Upgraded { call, by } => self.upgraded(&call, &by, world),
            CallNews::FileShared { call, shared } => self.file_received(&call, shared, world),
            CallNews::EndsSoon { call, in_ms } => self.ends_soon(&call, in_ms, world.now),
            // The answer to a question given up before.
            CallNews::IceServers { .. } => Vec::new(),
        }
    }

    /// One of its timers ran out.
    pub(crate) fn timer(&mut self, timer: CallTimer, world: &World) -> Vec<Step> {
        match timer {
            CallTimer::AskMicAgain => self.ask_mic_again(),
            CallTimer::RestartRtc => self.mend_due(world),
            CallTimer::GiveUpRtc => self.connect_overdue(world),
            CallTimer::SnackEnds => self.snack_over(),
            CallTimer::AwaitWindow => self.window_overdue(),
            CallTimer::AskAgain => self.pursue(world),
        }
    }

    /// It rings at this user.
    pub(crate) fn rings(&mut self, dial: Dial, world: &World) -> Vec<Step> {
        let mut steps = vec![Step::Told(Transition::Learn(Box::new(dial.caller)))];
        steps.extend(self.dialed(Rc::new(dial.call), world));
        steps
    }

    fn call_back(&mut self, chat: &ChatId, call_type: CallType, world: &World) -> Vec<Step> {
        let callee = world.me.as_ref().and_then(|me| chat.other(me));
        let users: Vec<String> = callee.iter().map(ToString::to_string).collect();
        let choice = CallChoice { call_type: Some(call_type), ..CallChoice::default() };
        self.create(None, &users, choice, world)
    }

    /// "Back to chat" leads to the chat, unless the whole widget was hidden before.
    fn dismiss_failure(&mut self) -> Vec<Step> {
        self.failure = None;
        self.before = self.before.filter(|before| !before.shown);
        Vec::new()
    }

    /// The page is left: there is no time to wait for an answer. An unanswered ring goes on for other devices.
    /// The socket may be gone already, so that it is said past it, too.
    pub(crate) fn leave(&mut self, token: &str, world: &World) -> Vec<Step> {
        let farewell = |leaves| {
            let farewell = Farewell { token: Secret(token.to_owned()), leaves };
            Step::Do(Effect::Farewell(Box::new(farewell)))
        };
        if let Some((mut steps, leaves)) = self.leave_to_window() {
            steps.extend(leaves.map(farewell));
            return steps;
        }
        let leaves = self.leaves();
        let mut steps = match self.farewell() {
            Some(CallRequest::HangUp { .. }) => self.hang_up(None, world),
            Some(CallRequest::Cancel { key }) => {
                let mut steps = self.hang_up(None, world);
                steps.push(ask(CallQuestion::Cancel(key.clone()), CallRequest::Cancel { key }));
                steps
            }
            Some(_) | None => Vec::new(),
        };
        steps.extend(leaves.map(farewell));
        steps
    }

    fn leaves(&self) -> Option<Leaves> {
        if let Stage::Requested(requested) = &self.stage {
            return requested.key.clone().map(|key| Leaves::Ring { key });
        }
        let call = self.info()?.call.call.clone();
        self.seat().map(|seat| Leaves::Call { call, seat: seat.clone() })
    }
}
