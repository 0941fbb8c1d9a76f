//! Chats as the host site's server sees them: list, add, remove.

use crate::path::Path;
use crate::refusal::{ErrorEnvelope, Refusal};
use crate::rest::arguments::{Arguments, lenient};
use crate::rest::messages::MessageObject;
use crate::rest::pair::{pair, texts};
use crate::rest::users::known_user;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use bandyer_protocol::UserAlias;
use bandyer_records::{ChatRecord, Reader, StoreResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_chats)).routes(routes!(add_chat)).routes(routes!(remove_chat))
}

#[derive(Debug, Deserialize, ToSchema)]
struct ChatRequest {
    /// The two users.
    #[serde(default, deserialize_with = "lenient::list")]
    #[schema(value_type = Vec<String>, min_items = 2, max_items = 2, example = json!(["usr_anna", "usr_bob"]))]
    users: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ChatAnswer {
    chat: ChatUsers,
    /// What happened, in English.
    #[schema(example = "chat added")]
    message: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
struct ChatUsers {
    users: [String; 2],
}

impl ChatAnswer {
    fn new(users: &[UserAlias; 2], message: &'static str) -> Json<Self> {
        Json(Self { chat: ChatUsers { users: texts(users) }, message })
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct UserChats {
    user_id: String,
    /// The chat that changed last comes first.
    chat_list: Vec<UserChat>,
}

#[derive(Debug, Serialize, ToSchema)]
struct UserChat {
    users: [String; 2],
    unread_messages_count: u32,
    last_message: Option<MessageObject>,
}

/// Add a chat
///
/// Makes sure that these two users have a chat. Adding one that exists changes nothing.
#[utoipa::path(
    post, path = "/chat/add", tag = "Chats", security(("apikey" = [])),
    request_body = ChatRequest,
    responses(
        (status = 200, body = ChatAnswer),
        (status = 400, body = ErrorEnvelope, description = "`invalid_users_length`, `invalid_user_id`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 422, body = ErrorEnvelope, description = "`validation_error`"),
    )
)]
async fn add_chat(
    State(app): State<App>,
    Arguments(request): Arguments<ChatRequest>,
) -> Result<Json<ChatAnswer>, Refusal> {
    let users = pair(&request.users)?;
    app.hub.add_chat(users[0].clone(), users[1].clone()).await?;
    Ok(ChatAnswer::new(&users, "chat added"))
}

/// Remove a chat
///
/// Deletes the chat, its messages and its files for both users, for good.
#[utoipa::path(
    post, path = "/chat/remove", tag = "Chats", security(("apikey" = [])),
    request_body = ChatRequest,
    responses(
        (status = 200, body = ChatAnswer),
        (status = 400, body = ErrorEnvelope,
            description = "`invalid_users_length`, `invalid_user_id`, `chat_not_found`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 422, body = ErrorEnvelope, description = "`validation_error`"),
    )
)]
async fn remove_chat(
    State(app): State<App>,
    Arguments(request): Arguments<ChatRequest>,
) -> Result<Json<ChatAnswer>, Refusal> {
    let users = pair(&request.users)?;
    app.hub.remove_chat(users.clone()).await?;
    Ok(ChatAnswer::new(&users, "chat removed"))
}

/// List the chats of a user
#[utoipa::path(
    get, path = "/user/{user_id}/chat/list", tag = "Chats", security(("apikey" = [])),
    params(("user_id" = String, Path, description = "The user")),
    responses(
        (status = 200, body = UserChats),
        (status = 400, body = ErrorEnvelope, description = "`invalid_user_id`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
    )
)]
async fn list_chats(State(app): State<App>, Path(user_id): Path<String>) -> Result<Json<UserChats>, Refusal> {
    let user = known_user(&app, &user_id).await?.alias;
    let chat_list = app
        .reads
        .read(move |store| {
            let chats = store.chats_of(&user)?;
            chats
                .iter()
                .rev()
                .filter(|chat| !chat.removed)
                .map(|chat| user_chat(store, chat, &user))
                .collect()
        })
        .await?;
    Ok(Json(UserChats { user_id, chat_list }))
}

fn user_chat(store: &dyn Reader, chat: &ChatRecord, user: &UserAlias) -> StoreResult<UserChat> {
    let last_message = store.message(&chat.id, chat.last_seq)?;
    let unread = chat.side_of(user).map_or(0, |side| chat.unread[side.index()]);
    Ok(UserChat {
        users: texts(&chat.users),
        unread_messages_count: unread,
        last_message: last_message.as_ref().map(MessageObject::of),
    })
}
