//! The pages behind call links: who calls whom and a button to join, or straight into the call. The page signs in as
//! the user of the link, whoever opens it: the link is the key, to this call and the chat of its two users.

mod view;
mod window;
mod words;

use super::served_file::media_type;
use crate::links::{self, DIRECT_PATH, DeadLink, LANDING_PATH};
use crate::origin::request_host;
use crate::path::Path;
use crate::refusal::{Refusal, RestCode};
use crate::rest::arguments::Arguments;
use crate::rest::credentials::{Credentials, issue};
use crate::state::App;
use crate::tools;
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bandyer_hub::Scope;
use bandyer_protocol::{ChatId, Timestamp, UserAlias};
use bandyer_records::{Reader, RoomRecord, StoreResult, UserRecord};
use serde::Deserialize;
use view::{Invitation, Theme};
use words::Language;

/// Long enough for most calls; the page asks for another one in time.
const TOKEN_LIFETIME_S: u64 = 3600;

/// A link and the braces around it: strangers may send this.
const MAX_TOKEN_REQUEST: usize = 1024;

const STYLE: &str = include_str!("connect/connect.css");
const SCRIPT: &str = include_str!("connect/connect.js");

pub fn router() -> Router<App> {
    Router::new()
        .route(&format!("{LANDING_PATH}{{token}}"), get(landing))
        .route(&format!("{DIRECT_PATH}{{token}}"), get(direct))
        .route("/connect/token", post(another_token).layer(DefaultBodyLimit::max(MAX_TOKEN_REQUEST)))
        .merge(window::router())
        .route("/connect/connect.css", get(async || file("connect.css", STYLE)))
        .route("/connect/connect.js", get(async || file("connect.js", SCRIPT)))
}

/// What the address may ask for besides.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wishes {
    #[serde(alias = "l")]
    language: Option<String>,
    #[serde(alias = "t")]
    theme: Option<String>,
    #[serde(alias = "dn")]
    display_name: Option<String>,
}

/// Why a link opens no call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closed {
    NotFound,
    Dead(DeadLink),
    TooLarge,
    UserDeleted,
    UserDisabled,
}

impl Closed {
    fn code(self) -> &'static str {
        match self {
            Closed::NotFound => "link_not_found",
            Closed::Dead(DeadLink::Expired) => "link_expired",
            Closed::Dead(DeadLink::Closed) => "link_closed",
            Closed::Dead(DeadLink::UsedUp) => "link_used_up",
            Closed::TooLarge => "room_too_large",
            Closed::UserDeleted => "user_deleted",
            Closed::UserDisabled => "user_disabled",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Closed::NotFound => StatusCode::NOT_FOUND,
            Closed::Dead(_) | Closed::UserDeleted => StatusCode::GONE,
            Closed::TooLarge => StatusCode::NOT_IMPLEMENTED,
            Closed::UserDisabled => StatusCode::FORBIDDEN,
        }
    }
}

/// What a good link leads to.
struct Open {
    room: RoomRecord,
    me: UserRecord,
    peer: UserRecord,
}

fn look_up(store: &dyn Reader, link: &str, now: Timestamp) -> StoreResult<Result<Open, Closed>> {
    let Some((room, owner)) = store.room_by_link(link)? else { return Ok(Err(Closed::NotFound)) };
    if let Some(dead) = links::dead(&room, now) {
        return Ok(Err(Closed::Dead(dead)));
    }
    let Some(peer) = only_other(&room, &owner) else { return Ok(Err(Closed::TooLarge)) };
    let (me, peer) = (store.user(&owner)?, store.user(peer)?);
    Ok(match (me, peer) {
        (Some(me), Some(peer)) if !me.deleted && !peer.deleted => {
            if me.active {
                Ok(Open { room, me, peer })
            } else {
                Err(Closed::UserDisabled)
            }
        }
        (_, _) => Err(Closed::UserDeleted),
    })
}

fn only_other<'a>(room: &'a RoomRecord, owner: &UserAlias) -> Option<&'a UserAlias> {
    match &room.participants[..] {
        [first, second] => Some(if &first.user == owner { &second.user } else { &first.user }),
        _ => None,
    }
}

type Asked = Result<Query<Wishes>, QueryRejection>;

async fn landing(
    State(app): State<App>,
    Path(link): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Response {
    page(&app, link, asked, &headers, false).await
}

async fn direct(
    State(app): State<App>,
    Path(link): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Response {
    page(&app, link, asked, &headers, true).await
}

/// What else the address says is a wish: when it cannot be read, the page comes without it.
async fn page(app: &App, link: String, asked: Asked, headers: &HeaderMap, direct: bool) -> Response {
    let wishes = asked.map(|Query(wishes)| wishes).unwrap_or_default();
    show(app, link, &wishes, headers, direct).await.unwrap_or_else(IntoResponse::into_response)
}

async fn show(
    app: &App,
    link: String,
    wishes: &Wishes,
    headers: &HeaderMap,
    direct: bool,
) -> Result<Response, Refusal> {
    let theme = wishes.theme.as_deref().and_then(Theme::parse);
    let asked = wishes.language.as_deref();
    let wanted = link.clone();
    let now = app.clock.now();
    let open = match app.reads.read(move |store| look_up(store, &wanted, now)).await? {
        Ok(open) => open,
        Err(closed) => {
            let language = Language::chosen(asked, headers, None);
            let html = view::problem(language, theme, closed.code());
            return Ok(html_page(headers, closed.status(), html));
        }
    };
    let language = Language::chosen(asked, headers, open.me.language.as_deref());
    let credentials = sign_in(app, &open).await?;
    let own_name = wishes.display_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let shown = Invitation { room: &open.room, me: &open.me, peer: &open.peer, direct, own_name };
    let mine = open.room.participants.iter().find(|one| one.user == open.me.alias);
    let tools = tools::told(mine.and_then(|one| one.tools));
    let data = view::data(language, &shown, &link, &credentials.access_token, &tools);
    Ok(html_page(headers, StatusCode::OK, view::invitation(language, theme, &shown, &data)))
}

#[derive(Deserialize)]
struct AnotherToken {
    token: String,
}

/// The call goes on for longer than a token lives: the page asks for the next one with its link.
async fn another_token(
    State(app): State<App>,
    headers: HeaderMap,
    Arguments(request): Arguments<AnotherToken>,
) -> Result<Json<Credentials>, Refusal> {
    if !app.origins.allows_request(&headers) {
        return Err(RestCode::OriginNotAllowed.into());
    }
    let now = app.clock.now();
    let found = app.reads.read(move |store| look_up(store, &request.token, now)).await?;
    let open = found.map_err(|closed| RestCode::LinkInvalid.because(closed.code()))?;
    sign_in(&app, &open).await.map(Json)
}

/// For this call and the chat of the two: the link may be in anybody's hands.
async fn sign_in(app: &App, open: &Open) -> Result<Credentials, Refusal> {
    let (me, peer) = (&open.me.alias, &open.peer.alias);
    let chat = ChatId::between(me, peer).ok_or(RestCode::LinkInvalid)?;
    let scope = Scope { call: open.room.room.clone(), chat, window: false };
    issue(app, me.as_str(), Some(scope), TOKEN_LIFETIME_S).await
}

fn html_page(request: &HeaderMap, status: StatusCode, html: String) -> Response {
    let mut response = (status, Html(html)).into_response();
    // `'self'` covers WebSockets only in newer browsers.
    let sockets = request_host(request).map(|host| format!(" ws://{host} wss://{host}")).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         connect-src 'self'{sockets}; img-src 'self' blob: data: https:; media-src 'self' blob:; font-src 'self'; \
         worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    // The page holds a token: nobody keeps it, nobody learns the address it came from.
    set(header::CACHE_CONTROL, "no-store");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("x-robots-tag"), "noindex");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()",
    );
    response
}

fn file(name: &str, text: &'static str) -> Response {
    let kind = HeaderValue::from_static(media_type(name));
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))], text)
        .into_response()
}
