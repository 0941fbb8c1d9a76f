//! The fields of a user as REST reads and writes them, and what they may hold.

use crate::iso_date::iso;
use crate::refusal::{Refusal, RestCode};
use crate::rest::arguments::lenient;
use bandyer_hub::UserChange;
use bandyer_protocol::visible::{clean, is_blank};
use bandyer_protocol::{Timestamp, UserAlias};
use bandyer_records::{Role, UserRecord};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// Longest names and address, in characters.
const MAX_NAME: usize = 32;
const MAX_NICKNAME: usize = 16;
const MAX_EMAIL: usize = 254;

/// A user.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserObject {
    #[schema(example = "usr_anna")]
    pub id: String,
    #[schema(example = "basic")]
    pub role: &'static str,
    /// False once deactivated.
    pub active: bool,
    pub can_video: bool,
    pub language: Option<String>,
    #[serde(rename = "firstName")]
    pub first_name: Option<String>,
    #[serde(rename = "lastName")]
    pub last_name: Option<String>,
    pub nickname: Option<String>,
    pub email: Option<String>,
    /// Relative to the server's origin.
    pub avatar_url: Option<String>,
    #[schema(example = "2026-01-10T11:41:19.000Z")]
    pub creation_date: String,
}

impl UserObject {
    pub fn of(user: &UserRecord) -> Self {
        Self {
            id: user.alias.to_string(),
            role: user.role.as_str(),
            active: user.active,
            can_video: user.can_video,
            language: user.language.clone(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            nickname: user.nickname.clone(),
            email: user.email.clone(),
            avatar_url: user.image.clone(),
            creation_date: iso(user.created_at),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct CreateUser {
    /// 1 to 128 characters out of `A-Z a-z 0-9 . _ -`; made up when left out.
    #[schema(example = "usr_anna", max_length = 128)]
    pub id: Option<String>,
    /// `basic` may join rooms, `plus` may create them too.
    #[schema(example = "basic", value_type = String, required = true)]
    role: Option<String>,
    /// May take part in video calls.
    #[serde(default, deserialize_with = "lenient::flag")]
    #[schema(value_type = Option<bool>, default = true)]
    can_video: Option<bool>,
    /// A language tag such as `en`.
    language: Option<String>,
    /// At most 32 characters.
    #[serde(alias = "firstName")]
    #[schema(max_length = 32, example = "Anna")]
    firstname: Option<String>,
    /// At most 32 characters.
    #[serde(alias = "lastName")]
    #[schema(max_length = 32, example = "Rossi")]
    lastname: Option<String>,
    /// At most 16 characters.
    #[schema(max_length = 16)]
    nickname: Option<String>,
    /// For the host page's own formatter; no mail is sent.
    email: Option<String>,
}

impl CreateUser {
    /// # Errors
    /// The named error of the first field that is wrong.
    pub fn record(self, alias: UserAlias, now: Timestamp) -> Result<UserRecord, Refusal> {
        Ok(UserRecord {
            role: role(self.role.as_deref())?,
            can_video: self.can_video.unwrap_or(true),
            language: language(self.language)?,
            first_name: name(self.firstname, MAX_NAME)?,
            last_name: name(self.lastname, MAX_NAME)?,
            nickname: name(self.nickname, MAX_NICKNAME)?,
            email: email(self.email)?,
            ..UserRecord::new(alias, now)
        })
    }
}

/// What is left out stays as it is; `null` clears it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UpdateUser {
    /// `basic` or `plus`.
    role: Option<String>,
    /// `false` deactivates the user, `true` brings it back.
    #[serde(default, deserialize_with = "lenient::flag")]
    #[schema(value_type = Option<bool>, example = false)]
    active: Option<bool>,
    #[serde(default, deserialize_with = "lenient::flag")]
    #[schema(value_type = Option<bool>)]
    can_video: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    #[serde(default, alias = "firstName", deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 32)]
    firstname: Option<Option<String>>,
    #[serde(default, alias = "lastName", deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 32)]
    lastname: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 16)]
    nickname: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    email: Option<Option<String>>,
}

impl UpdateUser {
    /// # Errors
    /// The named error of the first field that is wrong.
    pub fn change(self) -> Result<UserChange, Refusal> {
        Ok(UserChange {
            role: self.role.map(|text| role(Some(&text))).transpose()?,
            active: self.active,
            can_video: self.can_video,
            language: self.language.map(language).transpose()?,
            first_name: self.firstname.map(|text| name(text, MAX_NAME)).transpose()?,
            last_name: self.lastname.map(|text| name(text, MAX_NAME)).transpose()?,
            nickname: self.nickname.map(|text| name(text, MAX_NICKNAME)).transpose()?,
            email: self.email.map(email).transpose()?,
            image: None,
        })
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct PermissionsUpdate {
    #[serde(default, deserialize_with = "lenient::flag")]
    #[schema(value_type = bool)]
    pub can_video: Option<bool>,
}

/// Tells `null` from a field that is not there.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn role(text: Option<&str>) -> Result<Role, Refusal> {
    text.and_then(Role::parse).ok_or_else(|| RestCode::RoleValidation.into())
}

/// A text of which nothing is seen counts as none; characters that only mislead are taken out. Control characters are
/// kept, to be refused.
fn filled(text: Option<String>) -> Option<String> {
    let has_control = |text: &str| text.chars().any(char::is_control);
    text.map(|text| clean(&text)).filter(|text| !is_blank(text) || has_control(text))
}

fn name(text: Option<String>, max: usize) -> Result<Option<String>, Refusal> {
    let text = filled(text);
    let fits = |text: &String| text.chars().count() <= max && !text.chars().any(char::is_control);
    if text.as_ref().is_none_or(fits) { Ok(text) } else { Err(RestCode::NameValidation.into()) }
}

fn language(text: Option<String>) -> Result<Option<String>, Refusal> {
    let text = filled(text);
    let is_tag = |text: &String| {
        text.len() <= 35
            && text
                .split('-')
                .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
            && text
                .split('-')
                .next()
                .is_some_and(|main| main.len() >= 2 && !main.bytes().any(|b| b.is_ascii_digit()))
    };
    if text.as_ref().is_none_or(is_tag) { Ok(text) } else { Err(RestCode::LanguageValidation.into()) }
}

/// One `@` with something before it and a dotted or plain host after it. Whether mail arrives there is not our part.
fn email(text: Option<String>) -> Result<Option<String>, Refusal> {
    let text = filled(text);
    let is_address = |text: &String| {
        let parts = text.rsplit_once('@');
        let host_is_plain = |host: &str| {
            !host.is_empty()
                && host.split('.').all(|label| !label.is_empty())
                && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
        };
        text.chars().count() <= MAX_EMAIL
            && !text.chars().any(|c| c.is_control() || c.is_whitespace())
            && parts
                .is_some_and(|(user, host)| !user.is_empty() && !user.contains('@') && host_is_plain(host))
    };
    if text.as_ref().is_none_or(is_address) { Ok(text) } else { Err(RestCode::EmailValidation.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_checked_one_by_one() {
        let some = |text: &str| Some(text.to_owned());
        assert!(email(some("anna@example.com")).is_ok());
        for bad in [
            "anna",
            "@x",
            "a@",
            "a@b@c",
            "a b@c.de",
            "a@b..c",
            "a@<script>",
            &format!("{}@x", "a".repeat(254)),
        ] {
            assert_eq!(
                email(some(bad)).err().map(|refusal| refusal.code),
                Some(RestCode::EmailValidation),
                "{bad}"
            );
        }
        assert_eq!(name(some("  "), 4).ok(), Some(None));
        assert_eq!(name(some("Zoë "), 3).ok(), Some(some("Zoë")));
        assert!(name(some("Zoës"), 3).is_err());
        assert!(name(some("a\u{7}"), 3).is_err() && name(some("\u{84}"), 3).is_err());
        for unseen in ["\u{200b}\u{200d}", "\u{202e}", "\u{3164}"] {
            assert_eq!(name(some(unseen), 4).ok(), Some(None), "{unseen:?}");
        }
        assert_eq!(name(some("An\u{202e}na"), 4).ok(), Some(some("Anna")));
        for good in ["en", "it", "pt-BR", "zh-Hant-TW"] {
            assert!(language(some(good)).is_ok(), "{good}");
        }
        for bad in ["e", "12", "en_US", "en-", "<b>"] {
            assert!(language(some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_update_tells_null_from_nothing() {
        let change = |json| serde_json::from_value::<UpdateUser>(json).unwrap().change().unwrap();
        assert_eq!(change(serde_json::json!({})), UserChange::default());
        let cleared = change(serde_json::json!({"nickname": null, "active": 0}));
        assert_eq!((cleared.nickname, cleared.active, cleared.email), (Some(None), Some(false), None));
    }
}
