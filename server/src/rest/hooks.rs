//! Webhooks as the host site's server sets them: which address is told of what.

use crate::iso_date::iso;
use crate::path::Path;
use crate::refusal::{ErrorEnvelope, Refusal, RestCode};
use crate::rest::arguments::Arguments;
use crate::state::App;
use crate::webhooks::event::HookEvent;
use axum::Json;
use axum::extract::State;
use bandyer_protocol::Timestamp;
use bandyer_records::{HookKey, HookRecord, HookVersion, Reader, StoreResult, Write};
use bandyer_turn::addresses::is_public;
use http::Uri;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;
use url::Url;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const MAX_URL_CHARS: usize = 2048;
/// Most addresses of one version.
const MAX_HOOKS: usize = 20;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(configure_hook)).routes(routes!(list_hooks))
}

#[derive(Debug, Deserialize, ToSchema)]
struct ConfigureHook {
    /// Where events are posted to.
    #[schema(example = "https://shop.example/bandyer-events")]
    post_event_webhook_url: String,
    /// `POST`, the only method there is.
    #[serde(default)]
    webhook_method: Option<String>,
    /// The events this address is told of from now on; those left out are removed, an empty list removes the address.
    #[schema(value_type = Vec<String>, example = json!(["on_room_created", "on_session_ended"]))]
    webhook_filters: Vec<Filter>,
}

/// The name of an event, alone or in an object.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Filter {
    Name(String),
    Object { event: String },
}

#[derive(Debug, Serialize, ToSchema)]
struct ActiveHooks {
    active_webhooks: Vec<ActiveHook>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ActiveHook {
    post_event_webhook_url: String,
    webhook_method: &'static str,
    event: String,
    creation_date: String,
}

/// Set what an address is told of
///
/// What each event holds, how it is signed and when it is tried again is described in `docs/webhooks.md`.
#[utoipa::path(
    post, path = "/{version}/hook/configure", tag = "Webhooks", security(("apikey" = [])),
    params(("version" = String, Path, description = "In which form events are told: `v0` or `v1`")),
    request_body = ConfigureHook,
    responses(
        (status = 200, body = ActiveHooks),
        (status = 400, body = ErrorEnvelope, description = "`too_many_webhooks`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 404, body = ErrorEnvelope, description = "`route_not_found`"),
        (status = 422, body = ErrorEnvelope, description = "`invalid_webhook_url`, `webhook_url_not_public`, \
            `invalid_webhook_method`, `invalid_webhook_filters`, `validation_error`"),
    )
)]
async fn configure_hook(
    State(app): State<App>,
    Path(version): Path<String>,
    Arguments(request): Arguments<ConfigureHook>,
) -> Result<Json<ActiveHooks>, Refusal> {
    let version = HookVersion::parse(&version).ok_or(RestCode::RouteNotFound)?;
    check_url(&request.post_event_webhook_url, app.config.webhook_allow_private)?;
    if request.webhook_method.as_deref().is_some_and(|method| method != "POST") {
        return Err(RestCode::InvalidWebhookMethod.into());
    }
    let wanted = request.events(version)?;
    let key = HookKey { version, url: request.post_event_webhook_url };
    let (known, position) = app.reads.read(|store| Ok((store.hooks()?, store.journal_end()?))).await?;
    let old = known.iter().find(|hook| hook.key == key);
    if old.is_none() && known.iter().filter(|hook| hook.key.version == version).count() >= MAX_HOOKS {
        return Err(RestCode::TooManyWebhooks.into());
    }
    let now = app.clock.now();
    let since = |event: &str| old.and_then(|hook| hook.events.get(event)).copied().unwrap_or(now);
    let events: BTreeMap<String, Timestamp> =
        wanted.iter().map(|event| (event.as_str().to_owned(), since(event.as_str()))).collect();
    let hook = HookRecord { key: key.clone(), events, position, failing_since: None };
    let active = active(&hook);
    let write = if hook.events.is_empty() { Write::DropHook(key) } else { Write::PutHook(hook) };
    app.hub.keep(vec![write]).await?;
    app.webhooks.refresh().await?;
    Ok(Json(ActiveHooks { active_webhooks: active }))
}

/// List what is told where
///
/// Each address with its events.
#[utoipa::path(
    get, path = "/{version}/hook", tag = "Webhooks", security(("apikey" = [])),
    params(("version" = String, Path, description = "`v0` or `v1`")),
    responses(
        (status = 200, body = BTreeMap<String, Vec<ActiveHook>>),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 404, body = ErrorEnvelope, description = "`route_not_found`"),
    )
)]
async fn list_hooks(
    State(app): State<App>,
    Path(version): Path<String>,
) -> Result<Json<BTreeMap<String, Vec<ActiveHook>>>, Refusal> {
    let version = HookVersion::parse(&version).ok_or(RestCode::RouteNotFound)?;
    let read = move |store: &dyn Reader| -> StoreResult<Vec<HookRecord>> { store.hooks() };
    let hooks = app.reads.read(read).await?;
    let of_version = hooks.iter().filter(|hook| hook.key.version == version);
    Ok(Json(of_version.map(|hook| (hook.key.url.clone(), active(hook))).collect()))
}

impl ConfigureHook {
    fn events(&self, version: HookVersion) -> Result<Vec<HookEvent>, Refusal> {
        let read = |filter: &Filter| {
            let (Filter::Name(name) | Filter::Object { event: name }) = filter;
            HookEvent::parse(name, version).ok_or_else(|| {
                let reason = format!("webhook_filters: version {} has no event {name:?}", version.as_str());
                RestCode::InvalidWebhookFilters.because(reason)
            })
        };
        self.webhook_filters.iter().map(read).collect()
    }
}

fn active(hook: &HookRecord) -> Vec<ActiveHook> {
    let one = |(event, since): (&String, &Timestamp)| ActiveHook {
        post_event_webhook_url: hook.key.url.clone(),
        webhook_method: "POST",
        event: event.clone(),
        creation_date: iso(*since),
    };
    hook.events.iter().map(one).collect()
}

/// What a name leads to is checked each time it is used; an address that is written out can be refused at once.
fn check_url(url: &str, allow_private: bool) -> Result<(), Refusal> {
    let invalid = || Refusal::from(RestCode::InvalidWebhookUrl);
    // One parser reads what the other would make up for: blanks, slashes, and all that is not ASCII.
    let uri: Uri = url.parse().map_err(|_| invalid())?;
    if url.len() > MAX_URL_CHARS || !url.contains("://") {
        return Err(invalid());
    }
    let parsed = Url::parse(url).map_err(|_| invalid())?;
    let is_web = matches!(parsed.scheme(), "http" | "https");
    if !is_web || !parsed.username().is_empty() || parsed.password().is_some() || parsed.port() == Some(0) {
        return Err(invalid());
    }
    let host = uri.host().unwrap_or_default();
    let address: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    if !allow_private && address.is_some_and(|address| !is_public(address)) {
        return Err(RestCode::WebhookUrlNotPublic.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_of_the_web_are_taken() {
        let code = |url: &str| check_url(url, false).err().map(|refusal| refusal.code);
        for good in [
            "https://shop.example/hook?x=1",
            "http://shop.example:8080",
            "https://[2606:4700::1]/",
            "http://8.8.8.8/",
        ] {
            assert_eq!(code(good), None, "{good}");
        }
        let long = format!("https://shop.example/{}", "x".repeat(MAX_URL_CHARS));
        for bad in [
            "",
            "/hook",
            "shop.example",
            "ftp://shop.example/",
            "https://",
            "https://a:b@shop.example/",
            "https://a@shop.example/",
            "https:shop.example",
            "http://8.8.8.8:99999/",
            "http://8.8.8.8:-1/",
            "http://8.8.8.8:0/",
            "http://8.8.8.8:x/",
            "http://[fe80::1%25lo]/",
            "http://[fe80::1%lo]/",
            "http://[::1/",
            "http://shop example/",
            "http://shop.example/a b",
            "\thttp://shop.example/",
            &long,
        ] {
            assert_eq!(code(bad), Some(RestCode::InvalidWebhookUrl), "{bad}");
        }
        for private in [
            "http://127.0.0.1/",
            "http://[::1]:80/",
            "http://169.254.169.254/latest",
            "http://[::ffff:10.0.0.1]/",
            "http://[fe80::1]/",
        ] {
            assert_eq!(code(private), Some(RestCode::WebhookUrlNotPublic), "{private}");
            assert!(check_url(private, true).is_ok());
        }
    }
}
