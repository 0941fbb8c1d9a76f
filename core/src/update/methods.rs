//! What each public method does. Every call ends in exactly one reply: here, or from whoever was asked to answer it.

use crate::api::{ApiCall, ApiCallId, ApiError, ApiErrorCode, ApiReply};
use crate::calls::Visibility;
use crate::questions::Question;
use crate::state::State;
use crate::step::{End, Step, World, ask, reply};
use bandyer_protocol::{ChatId, ChatRequest, UserAlias, UserRequest};
use std::rc::Rc;

/// Carries a call out, or says why not.
pub(crate) fn call(state: &mut State, id: ApiCallId, call: ApiCall, world: &World) -> Vec<Step> {
    if let Err(error) = permitted(state, &call) {
        return vec![reply(id, Err(error))];
    }
    let done = |result: Result<ApiReply, ApiError>| vec![reply(id, result)];
    match call {
        ApiCall::Create => Rc::make_mut(&mut state.session).create(id),
        ApiCall::Logout => Rc::make_mut(&mut state.session).end(End::LoggedOut(Some(id))),
        ApiCall::SetExtensionUrl { url } => {
            Rc::make_mut(&mut state.options).screen_sharing_extension_url = url;
            done(Ok(ApiReply::Done))
        }
        ApiCall::UpdateAccessToken { token } => Rc::make_mut(&mut state.session).offer(id, token),
        ApiCall::GetUser { user } => match UserAlias::parse(&user) {
            Ok(user) => vec![ask(Question::GetUser(id), UserRequest::Get { user })],
            Err(_) => done(Err(unknown_user(ApiErrorCode::UserNotFound))),
        },
        ApiCall::GetUsersStatusList => vec![ask(Question::ListOnline(id), UserRequest::ListOnline)],
        ApiCall::AddChat { user } => add_chat(state, id, &user, world),
        ApiCall::RemoveChat { user } => match known_chat(state, &user, world) {
            Ok(chat) => {
                let message = ChatRequest::Remove { chat: chat.clone() };
                vec![ask(Question::RemoveChat { call: id, chat }, message)]
            }
            Err(error) => done(Err(error)),
        },
        ApiCall::SelectChat { user } => done(known_chat(state, &user, world).map(|chat| {
            Rc::make_mut(&mut state.panel).select(chat);
            ApiReply::Done
        })),
        ApiCall::ComposeMessage { user, message, send } => match known_chat(state, &user, world) {
            Ok(chat) if send => Rc::make_mut(&mut state.chats).compose(id, &chat, message, world),
            Ok(chat) => {
                let panel = Rc::make_mut(&mut state.panel);
                panel.bring_up();
                panel.select(chat.clone());
                let mut steps = Rc::make_mut(&mut state.chats).put_draft(&chat, message);
                steps.push(reply(id, Ok(ApiReply::Done)));
                steps
            }
            Err(error) => done(Err(error)),
        },
        ApiCall::CreateCall { users, choice } => {
            Rc::make_mut(&mut state.calls).create(Some(id), &users, choice, world)
        }
        ApiCall::JoinCallUrl { url } => Rc::make_mut(&mut state.calls).join(Some(id), url, world),
        ApiCall::HangUp { call } => Rc::make_mut(&mut state.calls).hang_up_call(id, &call, world),
        ApiCall::AnswerCall { call } => Rc::make_mut(&mut state.calls).answer_call(id, &call, world),
        ApiCall::DeclineCall { call } => Rc::make_mut(&mut state.calls).decline_call(id, &call, world),
        ApiCall::ShowWidget => appear(state, id, Some(true), None),
        ApiCall::HideWidget => appear(state, id, Some(false), None),
        ApiCall::OpenWidget => appear(state, id, None, Some(true)),
        ApiCall::CloseWidget => appear(state, id, None, Some(false)),
        ApiCall::ToggleWidget => {
            let expanded = !state.panel.expanded;
            appear(state, id, None, Some(expanded))
        }
    }
}

/// The loader checks the same before; a call may still be on its way when the session ends.
fn permitted(state: &State, call: &ApiCall) -> Result<(), ApiError> {
    let about_chats = match call {
        ApiCall::Create | ApiCall::Logout | ApiCall::SetExtensionUrl { .. } => return Ok(()),
        ApiCall::AddChat { .. }
        | ApiCall::RemoveChat { .. }
        | ApiCall::SelectChat { .. }
        | ApiCall::ComposeMessage { .. } => true,
        ApiCall::UpdateAccessToken { .. }
        | ApiCall::GetUser { .. }
        | ApiCall::GetUsersStatusList
        | ApiCall::CreateCall { .. }
        | ApiCall::JoinCallUrl { .. }
        | ApiCall::HangUp { .. }
        | ApiCall::AnswerCall { .. }
        | ApiCall::DeclineCall { .. }
        | ApiCall::ShowWidget
        | ApiCall::HideWidget
        | ApiCall::OpenWidget
        | ApiCall::CloseWidget
        | ApiCall::ToggleWidget => false,
    };
    if !state.session.is_authenticated() {
        return Err(ApiError::new(ApiErrorCode::NotAuthenticated, "The widget has to be created first"));
    }
    if about_chats && !state.options.chat {
        return Err(ApiError::new(ApiErrorCode::NotPermitted, "Chat module not initialized"));
    }
    let wants_view = matches!(call, ApiCall::SelectChat { .. } | ApiCall::ComposeMessage { send: false, .. });
    if wants_view && state.calls.front().is_some() {
        return Err(ApiError::new(ApiErrorCode::NotPermitted, "Not while a call is in front"));
    }
    Ok(())
}

fn add_chat(state: &mut State, id: ApiCallId, user: &str, world: &World) -> Vec<Step> {
    let Ok(user) = UserAlias::parse(user) else {
        return vec![reply(id, Err(unknown_user(ApiErrorCode::CreateChat)))];
    };
    if world.is_me(&user) {
        let mut error = ApiError::new(ApiErrorCode::CreateChat, "A chat with oneself is not possible");
        error.server_code = Some(bandyer_protocol::ErrorCode::ChatWithSelf.as_str());
        return vec![reply(id, Err(error))];
    }
    Rc::make_mut(&mut state.panel).adding += 1;
    vec![ask(Question::AddChat(id), ChatRequest::Add { user })]
}

fn known_chat(state: &State, user: &str, world: &World) -> Result<ChatId, ApiError> {
    UserAlias::parse(user)
        .ok()
        .and_then(|user| ChatId::between(world.me.as_ref()?, &user))
        .filter(|chat| state.chats.by_id.contains_key(chat))
        .ok_or_else(|| ApiError::new(ApiErrorCode::ChatNotFound, "There is no chat with that user"))
}

fn unknown_user(code: ApiErrorCode) -> ApiError {
    let mut error = ApiError::new(code, "There is no such user");
    error.server_code = Some(bandyer_protocol::ErrorCode::UserNotFound.as_str());
    error
}

fn appear(state: &mut State, id: ApiCallId, shown: Option<bool>, expanded: Option<bool>) -> Vec<Step> {
    let panel = Rc::make_mut(&mut state.panel);
    panel.shown = shown.unwrap_or(panel.shown);
    panel.expanded = expanded.unwrap_or(panel.expanded);
    // A call that brought the widget up takes it back to what the host page wants by now.
    if let Some(before) = state.calls.before {
        let before = Visibility {
            shown: shown.unwrap_or(before.shown),
            expanded: expanded.unwrap_or(before.expanded),
        };
        Rc::make_mut(&mut state.calls).before = Some(before);
    }
    vec![reply(id, Ok(ApiReply::True))]
}
