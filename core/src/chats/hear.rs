//! Who in this slice hears of what the person does, of what the server says, and of timers.

use super::Chats;
use crate::action::ChatAction;
use crate::step::{Step, Transition, World};
use crate::timers::ChatTimer;
use bandyer_protocol::{ChatId, ChatNews, ChatSummary, Message, Seq, UserAlias, UserProfile};

impl Chats {
    /// What the person did in the list or in a conversation.
    pub(crate) fn user(&mut self, action: ChatAction, world: &World) -> Vec<Step> {
        match action {
            ChatAction::Open(chat) if self.by_id.contains_key(&chat) => {
                vec![Step::Told(Transition::ChatChosen(chat))]
            }
            ChatAction::Open(_) => Vec::new(),
            ChatAction::Draft { chat, text } => self.draft(&chat, text, world),
            ChatAction::SendDraft { chat } => self.send_draft(&chat, world),
            ChatAction::Retry { chat, client_id } => self.retry(&chat, &client_id, world),
            ChatAction::Discard { chat, client_id } => self.discard(&chat, &client_id, world),
            ChatAction::AttachFiles { chat, files } => self.attach(&chat, files, world),
            ChatAction::DownloadFile { chat, seq } => self.download(&chat, seq),
            ChatAction::ShowPicture { chat, seq } => self.show_picture(&chat, seq),
            ChatAction::NeedOlder { chat } => self.need_older(&chat, world),
            ChatAction::Looked { chat, at_bottom, lowest } => self.looked(&chat, at_bottom, lowest, world),
        }
    }

    /// What the server says. A page without chats takes no notice.
    pub(crate) fn heard(&mut self, news: ChatNews, world: &World) -> Vec<Step> {
        if !world.options.chat {
            return Vec::new();
        }
        match news {
            ChatNews::MessageAdded { message } => self.message_heard(message, world),
            ChatNews::ReadMoved { chat, user, seq } => self.read_heard(&chat, &user, seq, world),
            ChatNews::Added { summary, profile } => self.chat_heard(&summary, profile, world),
            ChatNews::Removed { chat } => self.chat_removed(&chat),
            ChatNews::Typing { chat, user } => self.typing(&chat, &user, world),
            // The answer to a question given up before.
            ChatNews::Messages { .. } => Vec::new(),
        }
    }

    /// One of its timers ran out.
    pub(crate) fn timer(&mut self, timer: ChatTimer, world: &World) -> Vec<Step> {
        match timer {
            ChatTimer::TypingEnds(chat) => {
                self.typing_ended(&chat);
                Vec::new()
            }
            ChatTimer::Resend => self.pause_over(world),
            ChatTimer::Announce => self.announce(),
            ChatTimer::SaveDrafts => self.save_drafts(),
            ChatTimer::ForgetStrays => self.forget_strays(world),
        }
    }

    fn message_heard(&mut self, message: Message, world: &World) -> Vec<Step> {
        let chat = message.chat.clone();
        let mut steps = self.message_added(message, world);
        steps.extend(self.pursue(&chat, world));
        steps
    }

    fn read_heard(&mut self, chat: &ChatId, user: &UserAlias, seq: Seq, world: &World) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.read_moved(chat, user, seq, world).is_err() {
            steps.push(Step::Told(Transition::CountLost));
        }
        steps.extend(self.pursue(chat, world));
        steps
    }

    fn chat_heard(&mut self, summary: &ChatSummary, profile: Box<UserProfile>, world: &World) -> Vec<Step> {
        let mut steps = vec![Step::Told(Transition::Learn(profile))];
        steps.extend(self.chat_added(summary, world));
        steps.extend(self.pursue(&summary.chat, world));
        steps
    }
}
