//! The fields of a room as REST reads and writes them, and what they may hold.

use crate::links::user_urls::{UserUrl, user_urls};
use crate::refusal::{Refusal, RestCode};
use crate::rest::arguments::lenient;
use crate::rest::users::alias;
use crate::{links, tools};
use bandyer_protocol::{CallAlias, CallType, RecordingType, Timestamp, UserAlias};
use bandyer_records::{RoomParticipant, RoomRecord};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;
use utoipa::ToSchema;
use uuid::Uuid;

const MIN_PARTICIPANTS: usize = 2;
const MAX_PARTICIPANTS: usize = 25;
const MIN_DURATION_S: i64 = 60;
const MAX_DESCRIPTION_CHARS: usize = 1000;

#[derive(Debug, Deserialize, ToSchema)]
pub struct CreateRoom {
    /// Who may come in: 2 to 25 users, at least one of them with the role `plus`. Required.
    #[serde(default)]
    #[schema(value_type = Vec<ParticipantFields>, min_items = 2, max_items = 25)]
    participants: Option<Vec<ParticipantFields>>,
    /// Deprecated: the participants by their ids alone.
    #[serde(default, deserialize_with = "lenient::list")]
    #[schema(value_type = Vec<String>, deprecated)]
    user_list_in_call: Vec<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    #[schema(value_type = Option<bool>, default = false)]
    recording: Option<bool>,
    /// Deprecated: `"0"` or `"1"`.
    #[serde(default, deserialize_with = "lenient::flag")]
    #[schema(value_type = Option<String>, deprecated)]
    record: Option<bool>,
    /// `automatic` (default) or `manual`.
    recording_type: Option<String>,
    /// `audio_only`, `audio_upgradable` or `audio_video` (default).
    call_type: Option<String>,
    /// The links skip the landing page.
    #[serde(rename = "directCall", default, deserialize_with = "lenient::flag")]
    #[schema(value_type = Option<bool>, default = false)]
    direct_call: Option<bool>,
    /// Shown on the landing page; at most 1000 characters.
    description: Option<String>,
    /// Opening a link rings at the others.
    #[serde(default, deserialize_with = "lenient::flag")]
    #[schema(value_type = Option<bool>, default = false)]
    live: Option<bool>,
    /// Which of the participants calls.
    #[serde(rename = "initiatorAlias")]
    initiator: Option<String>,
    /// Seconds that two may be connected, 60 and up; no limit when left out.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[schema(value_type = Option<i64>, minimum = 60)]
    duration: Option<i64>,
}

/// A participant, or just the id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ParticipantFields {
    Full {
        #[schema(example = "usr_anna")]
        user_id: String,
        /// May start and stop a manual recording.
        #[serde(default, deserialize_with = "lenient::flag")]
        #[schema(value_type = Option<bool>, default = false)]
        is_admin: Option<bool>,
        /// All of them when left out, none when empty.
        #[serde(default)]
        #[schema(value_type = Option<Object>, example = json!({"chat": true, "screen_sharing": true, "whiteboard": {"wb_pen": true}}))]
        tools: Option<Value>,
    },
    Id(String),
}

impl CreateRoom {
    /// The room, checked as far as that is possible without knowing its users. Its links are good until `expires_at`.
    ///
    /// # Errors
    /// A code for each field.
    pub fn record(&self, now: Timestamp, expires_at: Timestamp) -> Result<RoomRecord, Refusal> {
        let mut participants = self.participants()?;
        let initiator = self.initiator(&participants)?;
        if let Some(initiator) = &initiator {
            participants.sort_by_key(|one| &one.user != initiator);
        }
        let name = format!("room_{}", Uuid::new_v4().simple());
        let internal = |_| RestCode::Internal;
        Ok(RoomRecord {
            room: CallAlias::parse(&name).map_err(internal)?,
            initiator,
            participants,
            call_type: word(self.call_type.as_deref(), CallType::parse, RestCode::InvalidCallType)?,
            record: self.recording.or(self.record).unwrap_or(false),
            recording_type: word(
                self.recording_type.as_deref(),
                RecordingType::parse,
                RestCode::InvalidRecordingType,
            )?,
            direct: self.direct_call.unwrap_or(false),
            live: self.live.unwrap_or(false),
            dialed: false,
            description: self.description()?,
            duration_s: self.duration()?,
            used_ms: 0,
            created_at: now,
            expires_at: Some(expires_at),
            disabled: false,
            deleted: false,
        })
    }

    fn participants(&self) -> Result<Vec<RoomParticipant>, Refusal> {
        let participants = match &self.participants {
            Some(list) => list.iter().map(ParticipantFields::record).collect::<Result<Vec<_>, _>>()?,
            None => self
                .user_list_in_call
                .iter()
                .map(|id| participant(id, false, None))
                .collect::<Result<Vec<_>, _>>()?,
        };
        let different: HashSet<_> = participants.iter().map(|one| &one.user).collect();
        let count = MIN_PARTICIPANTS..=MAX_PARTICIPANTS;
        if count.contains(&participants.len()) && different.len() == participants.len() {
            Ok(participants)
        } else {
            Err(RestCode::InvalidParticipants.into())
        }
    }

    fn initiator(&self, participants: &[RoomParticipant]) -> Result<Option<UserAlias>, Refusal> {
        let Some(id) = self.initiator.as_deref().filter(|id| !id.is_empty()) else { return Ok(None) };
        let found = participants.iter().find(|one| one.user.as_str() == id);
        found.map(|one| Some(one.user.clone())).ok_or_else(|| RestCode::InvalidInitiator.into())
    }

    fn description(&self) -> Result<Option<String>, Refusal> {
        let text = self.description.as_deref().map(str::trim).filter(|text| !text.is_empty());
        match text {
            Some(text) if text.chars().count() > MAX_DESCRIPTION_CHARS => {
                Err(RestCode::InvalidDescription.into())
            }
            Some(_) | None => Ok(text.map(str::to_owned)),
        }
    }

    fn duration(&self) -> Result<Option<u32>, Refusal> {
        match self.duration {
            None => Ok(None),
            Some(seconds) if seconds >= MIN_DURATION_S => {
                u32::try_from(seconds).map(Some).map_err(|_| RestCode::InvalidDuration.into())
            }
            Some(_) => Err(RestCode::InvalidDuration.into()),
        }
    }
}

impl ParticipantFields {
    fn record(&self) -> Result<RoomParticipant, Refusal> {
        match self {
            ParticipantFields::Id(id) => participant(id, false, None),
            ParticipantFields::Full { user_id, is_admin, tools } => {
                participant(user_id, is_admin.unwrap_or(false), tools.as_ref())
            }
        }
    }
}

fn participant(id: &str, is_admin: bool, tools: Option<&Value>) -> Result<RoomParticipant, Refusal> {
    let tools = tools.map(tools::read).transpose()?;
    let link = links::fresh_token().map_err(|error| {
        tracing::error!(%error, "no randomness for a link");
        RestCode::Internal
    })?;
    Ok(RoomParticipant { user: alias(id)?, is_admin, tools, link: Some(link) })
}

fn word<T: Default>(
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
    code: RestCode,
) -> Result<T, Refusal> {
    text.map_or_else(|| Ok(T::default()), |text| parse(text).ok_or_else(|| code.into()))
}

/// A room as the one who made it sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomObject {
    #[schema(example = "room_4f9c1a")]
    pub room_id: String,
    /// 0 or 1.
    pub record: u8,
    /// Seconds, or `null` without a limit.
    pub duration: Option<u32>,
    #[serde(rename = "directCall")]
    pub direct_call: bool,
    #[schema(example = "audio_video")]
    pub call_type: &'static str,
    pub live: bool,
    pub description: Option<String>,
    pub user_urls: Vec<UserUrl>,
}

impl RoomObject {
    /// `origin` is where the links lead to.
    pub fn of(room: &RoomRecord, origin: &str) -> Self {
        Self {
            room_id: room.room.to_string(),
            record: room.record.into(),
            duration: room.duration_s,
            direct_call: room.direct,
            call_type: room.call_type.as_str(),
            live: room.live,
            description: room.description.clone(),
            user_urls: user_urls(room, origin),
        }
    }
}
