//! Messages as the host site's server sees them: read page by page, send in a user's name.

#![expect(unused_qualifications, reason = "the macro that describes the route repeats names in full")]

use crate::iso_date::iso;
use crate::refusal::{ErrorEnvelope, Refusal, RestCode};
use crate::rest::arguments::{Arguments, lenient};
use crate::rest::message_page::{Anchor, Order, Page};
use crate::rest::pair::{pair, texts};
use crate::rest::users::alias;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use bandyer_protocol::{ChatId, Message, MessageBody, PageDirection, Seq};
use bandyer_records::{ChatRecord, Reader, StoreResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const DEFAULT_PAGE_SIZE: u64 = 50;
const MAX_PAGE_SIZE: u64 = 100;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_messages, send_message))
}

/// A message of a chat.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageObject {
    /// Place in the chat: 1, 2, 3, … without a hole.
    pub index: u64,
    /// The text, or the name of the file.
    pub body: String,
    /// Id of the sender.
    #[schema(example = "usr_anna")]
    pub from: String,
    #[schema(example = "2026-01-10T11:41:19.000Z")]
    pub date: String,
    /// `text` or `file`.
    #[serde(rename = "type")]
    #[schema(example = "text")]
    pub kind: &'static str,
}

impl MessageObject {
    pub fn of(message: &Message) -> Self {
        Self {
            index: message.seq.0,
            body: message.body.as_text().to_owned(),
            from: message.sender.to_string(),
            date: iso(message.at),
            kind: match message.body {
                MessageBody::Text(_) => "text",
                MessageBody::File(_) => "file",
                MessageBody::MissedCall(_) => "missed_call",
                MessageBody::DeclinedCall(_) => "declined_call",
                MessageBody::Unknown => "unknown",
            },
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListMessages {
    /// The two users of the chat: `users[]=a&users[]=b`, `users=a&users=b` or `users=a,b`.
    #[serde(default, deserialize_with = "lenient::list")]
    #[param(value_type = String, required = true, example = "usr_anna,usr_bob")]
    users: Vec<String>,
    /// `asc` (default) reads from the first message on, `desc` from the last one back.
    order: Option<String>,
    /// 0 and up.
    #[serde(default, deserialize_with = "lenient::number")]
    #[param(value_type = Option<u64>)]
    page_number: Option<u64>,
    /// 1 to 100; 50 when left out.
    #[serde(default, deserialize_with = "lenient::number")]
    #[param(value_type = Option<u64>)]
    page_size: Option<u64>,
    /// `meta.page_token` of an earlier page: further pages then show the chat as it was, so that messages sent
    /// meanwhile do not shift them.
    page_token: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct MessageList {
    meta: PageMeta,
    messages: Vec<MessageObject>,
}

#[derive(Debug, Serialize, ToSchema)]
struct PageMeta {
    #[schema(example = 0)]
    page_number: u64,
    #[schema(example = 50)]
    page_size: u64,
    #[schema(example = "p1-7")]
    page_token: String,
    /// Path and query of the next page, or `null` on the last one.
    next: Option<String>,
    /// Path and query of the page before, or `null` on the first one.
    previous: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct SendMessage {
    /// The two users of the chat; it is added when they have none.
    #[serde(default, deserialize_with = "lenient::list")]
    #[schema(value_type = Vec<String>, min_items = 2, max_items = 2, example = json!(["usr_anna", "usr_bob"]))]
    users: Vec<String>,
    /// Which of them says it.
    #[schema(example = "usr_anna")]
    sender: String,
    /// Plain text, at most 10,000 characters unless the server is set otherwise.
    #[schema(example = "Hello Bob")]
    message: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct SentMessage {
    users: [String; 2],
    sender: String,
    index: u64,
    message: String,
    #[schema(example = "2026-01-10T11:41:19.000Z")]
    timestamp: String,
}

/// Read the messages of a chat
///
/// The parameters may also come as a JSON body.
#[utoipa::path(
    get, path = "/chat/messages", tag = "Chats", security(("apikey" = [])),
    params(ListMessages),
    responses(
        (status = 200, body = MessageList),
        (status = 400, body = ErrorEnvelope, description = "`invalid_users_length`, `invalid_user_id`, \
            `chat_not_found`, `invalid_param`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 422, body = ErrorEnvelope, description = "`validation_error`"),
    )
)]
async fn list_messages(
    State(app): State<App>,
    Arguments(request): Arguments<ListMessages>,
) -> Result<Json<MessageList>, Refusal> {
    let users = pair(&request.users)?;
    let order =
        Order::parse(request.order.as_deref()).ok_or(RestCode::InvalidParam.because("order: asc or desc"))?;
    let size = request.page_size.unwrap_or(DEFAULT_PAGE_SIZE);
    if !(1..=MAX_PAGE_SIZE).contains(&size) {
        return Err(RestCode::InvalidParam.because("page_size: 1 to 100"));
    }
    let number = request.page_number.unwrap_or(0);
    let token = request.page_token;
    let asked = users.clone();
    let found = app.reads.read(move |store| read_page(store, &asked, order, number, size, token)).await??;
    let (page, messages) = found;
    Ok(Json(MessageList {
        meta: PageMeta {
            page_number: page.number,
            page_size: page.size,
            page_token: page.anchor.to_string(),
            next: page.next().map(|number| page.path(&users, number)),
            previous: page.previous().map(|number| page.path(&users, number)),
        },
        messages: messages.iter().map(MessageObject::of).collect(),
    }))
}

type PageOrRefusal = Result<(Page, Vec<Message>), Refusal>;

fn read_page(
    store: &dyn Reader,
    users: &[bandyer_protocol::UserAlias; 2],
    order: Order,
    number: u64,
    size: u64,
    token: Option<String>,
) -> StoreResult<PageOrRefusal> {
    for user in users {
        if store.user(user)?.is_none() {
            return Ok(Err(RestCode::InvalidUserId.because(format!("No user has the id {user}"))));
        }
    }
    let chat: Option<ChatRecord> = match ChatId::between(&users[0], &users[1]) {
        Some(id) => store.chat(&id)?.filter(|chat| !chat.removed),
        None => None,
    };
    let Some(chat) = chat else { return Ok(Err(RestCode::ChatNotFound.into())) };
    let anchor = match token {
        None => Anchor { incarnation: chat.incarnation, last: chat.last_seq.0 },
        Some(text) => match Anchor::parse(&text) {
            Some(anchor) if anchor.incarnation == chat.incarnation && anchor.last <= chat.last_seq.0 => {
                anchor
            }
            Some(_) | None => {
                return Ok(Err(RestCode::InvalidParam.because("page_token: not a token of this chat")));
            }
        },
    };
    let page = Page { order, number, size, anchor };
    let Some((before_first, count)) = page.span() else { return Ok(Ok((page, Vec::new()))) };
    let mut messages = store.messages(&chat.id, Seq(before_first), PageDirection::After, count)?;
    if order == Order::Descending {
        messages.reverse();
    }
    Ok(Ok((page, messages)))
}

/// Send a message in a user's name
#[utoipa::path(
    post, path = "/chat/messages", tag = "Chats", security(("apikey" = [])),
    request_body = SendMessage,
    responses(
        (status = 200, body = SentMessage),
        (status = 400, body = ErrorEnvelope, description = "`invalid_users_length`, `invalid_user_id`, \
            `user_not_a_member`, `send_message_error`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 422, body = ErrorEnvelope, description = "`validation_error`"),
    )
)]
async fn send_message(
    State(app): State<App>,
    Arguments(request): Arguments<SendMessage>,
) -> Result<Json<SentMessage>, Refusal> {
    let users = pair(&request.users)?;
    let sender = alias(&request.sender).map_err(|_| RestCode::UserNotAMember)?;
    let to = match &users {
        [first, second] if *first == sender => second.clone(),
        [first, second] if *second == sender => first.clone(),
        [_, _] => return Err(RestCode::UserNotAMember.into()),
    };
    app.hub.add_chat(sender.clone(), to.clone()).await?;
    let stored = app.hub.send_message(sender, to, request.message).await?;
    Ok(Json(SentMessage {
        users: texts(&users),
        sender: stored.sender.to_string(),
        index: stored.seq.0,
        message: stored.body.as_text().to_owned(),
        timestamp: iso(stored.at),
    }))
}
