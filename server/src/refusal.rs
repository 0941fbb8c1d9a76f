//! Why an HTTP request was refused: one code per cause, each with its status, in one envelope.

use crate::metrics::REFUSALS;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bandyer_hub::AdminFailure;
use bandyer_protocol::{ErrorCode, Failure};
use bandyer_records::StoreError;
use metrics::counter;
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// What every refused request gets as its body.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorEnvelope {
    pub error: ErrorBody,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// The kind of the error.
    #[schema(example = "invalid_request_error")]
    pub name: &'static str,
    /// What exactly was wrong; stable, made for programs.
    #[schema(example = "invalid_user_id")]
    pub code: &'static str,
    /// English, made for a log.
    #[schema(example = "No user has that id", value_type = String)]
    pub reason: Cow<'static, str>,
}

/// A refused request.
#[derive(Debug)]
pub struct Refusal {
    pub code: RestCode,
    pub reason: Cow<'static, str>,
    pub retry_after_ms: Option<u32>,
}

/// What belongs to a code.
struct Line {
    status: StatusCode,
    name: &'static str,
    code: &'static str,
    reason: &'static str,
}

macro_rules! rest_codes {
    ($($(#[$meta:meta])* $variant:ident = $status:ident $name:literal $code:literal $reason:literal,)*) => {
        /// Every code of the HTTP interface.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum RestCode {
            $($(#[$meta])* $variant,)*
        }

        impl RestCode {
            #[cfg(test)]
            pub const ALL: &[RestCode] = &[$(RestCode::$variant,)*];

            /// The table, read line by line.
            fn line(self) -> Line {
                match self {
                    $(RestCode::$variant => Line {
                        status: StatusCode::$status, name: $name, code: $code, reason: $reason,
                    },)*
                }
            }
        }
    };
}

rest_codes! {
    // Any route
    InvalidApiKey = UNAUTHORIZED "invalid_api_key" "invalid_api_key" "Apikey is not valid",
    RouteNotFound = NOT_FOUND "invalid_request_error" "route_not_found" "There is no such route",
    MethodNotAllowed = METHOD_NOT_ALLOWED "invalid_request_error" "method_not_allowed"
        "The route does not answer to this method",
    InvalidJson = BAD_REQUEST "invalid_request_error" "invalid_json" "The body is not a JSON object",
    BodyTooLarge = PAYLOAD_TOO_LARGE "invalid_request_error" "body_too_large" "The body is too large",
    BodyTimeout = REQUEST_TIMEOUT "invalid_request_error" "body_timeout" "The body did not come in time",
    Validation = UNPROCESSABLE_ENTITY "validation_error" "validation_error" "A parameter is missing or wrong",
    OriginNotAllowed = FORBIDDEN "invalid_request_error" "origin_not_allowed"
        "The origin of the page is not among the allowed ones",
    RateLimited = TOO_MANY_REQUESTS "rate_limit_error" "rate_limited" "Too many requests",
    TooManyConnections = TOO_MANY_REQUESTS "rate_limit_error" "too_many_connections"
        "Your address holds too many connections",
    StorageUnavailable = SERVICE_UNAVAILABLE "service_unavailable" "storage_unavailable"
        "Nothing was stored; try again",
    ShuttingDown = SERVICE_UNAVAILABLE "service_unavailable" "shutting_down" "The server is going down",
    Internal = INTERNAL_SERVER_ERROR "internal_server_error" "internal_server_error" "A defect of the server",

    // The socket
    WebSocketRequired = BAD_REQUEST "invalid_request_error" "websocket_required"
        "The request does not ask for a WebSocket as RFC 6455 says",
    TooManySockets = SERVICE_UNAVAILABLE "service_unavailable" "too_many_sockets" "Too many sockets are open",

    // Credentials
    InvalidTokenExpirations = UNPROCESSABLE_ENTITY "validation_error" "invalid_token_expirations"
        "The expires_in must be between 360 (6 minutes) and 86400 (24 hours)",
    UserDisabled = BAD_REQUEST "invalid_request_error" "user_disabled" "The user is deactivated",

    // Users
    InvalidUserId = BAD_REQUEST "invalid_request_error" "invalid_user_id" "No user has that id",
    UserIdAlreadyExists = BAD_REQUEST "invalid_request_error" "user_id_already_exists" "A user has that id already",
    UserIdValidation = UNPROCESSABLE_ENTITY "validation_error" "id_validation_error"
        "The id must be 1 to 128 characters out of A-Z a-z 0-9 . _ -, not . or ..",
    RoleValidation = UNPROCESSABLE_ENTITY "validation_error" "role_validation_error"
        "The role must be basic or plus",
    EmailValidation = UNPROCESSABLE_ENTITY "validation_error" "email_validation_error"
        "The email must be an address of at most 254 characters",
    NameValidation = UNPROCESSABLE_ENTITY "validation_error" "name_validation_error"
        "firstname and lastname hold at most 32 characters, nickname at most 16, none of them control characters",
    LanguageValidation = UNPROCESSABLE_ENTITY "validation_error" "language_validation_error"
        "The language must be a language tag such as en or it",
    UploadError = BAD_REQUEST "invalid_request_error" "upload_error" "The body is not multipart/form-data",
    FileNotFound = BAD_REQUEST "invalid_request_error" "file_not_found" "The form has no file of that name",
    InvalidFile = UNPROCESSABLE_ENTITY "validation_error" "invalid_file"
        "The file must be a PNG, JPEG or WebP picture of at most 500 kB",
    WrongFileDimension = UNPROCESSABLE_ENTITY "validation_error" "wrong_file_dimension"
        "The picture is over 8192 pixels wide or high",
    ErrorProcessingImage = UNPROCESSABLE_ENTITY "validation_error" "error_processing_image"
        "The picture is damaged",

    // Chats
    InvalidUsersLength = BAD_REQUEST "invalid_request_error" "invalid_users_length"
        "users must name exactly two different users",
    InvalidParam = BAD_REQUEST "invalid_request_error" "invalid_param" "A parameter is out of range",
    UserNotAMember = BAD_REQUEST "invalid_request_error" "user_not_a_member" "The sender is not one of the users",
    SendMessageError = BAD_REQUEST "invalid_request_error" "send_message_error" "The message was not sent",
    ChatNotFound = BAD_REQUEST "invalid_request_error" "chat_not_found" "These users have no chat",

    // Rooms
    InvalidParticipants = UNPROCESSABLE_ENTITY "validation_error" "invalid_participants"
        "participants must name 2 to 25 different users",
    InvalidTools = UNPROCESSABLE_ENTITY "validation_error" "invalid_tools"
        "tools must be an object of tools that are true or false",
    InvalidCallType = UNPROCESSABLE_ENTITY "validation_error" "invalid_call_type"
        "The call_type must be audio_only, audio_upgradable or audio_video",
    InvalidRecordingType = UNPROCESSABLE_ENTITY "validation_error" "invalid_recording_type"
        "The recording_type must be automatic or manual",
    InvalidDuration = UNPROCESSABLE_ENTITY "validation_error" "invalid_duration"
        "The duration must be at least 60 seconds",
    InvalidDescription = UNPROCESSABLE_ENTITY "validation_error" "invalid_description"
        "The description holds at most 1000 characters",
    InvalidInitiator = UNPROCESSABLE_ENTITY "validation_error" "invalid_initiator"
        "The initiatorAlias must be one of the participants",
    NoPlusUser = BAD_REQUEST "invalid_request_error" "no_plus_user"
        "At least one participant must have the role plus",
    RoomNotFound = NOT_FOUND "invalid_request_error" "room_not_found" "There is no such room",
    SessionNotFound = NOT_FOUND "invalid_request_error" "session_not_found" "There is no such session",

    // Webhooks
    InvalidWebhookUrl = UNPROCESSABLE_ENTITY "validation_error" "invalid_webhook_url"
        "The post_event_webhook_url must be an absolute address with http or https, and no password",
    WebhookUrlNotPublic = UNPROCESSABLE_ENTITY "validation_error" "webhook_url_not_public"
        "The post_event_webhook_url leads to this machine or a private network",
    InvalidWebhookMethod = UNPROCESSABLE_ENTITY "validation_error" "invalid_webhook_method"
        "The webhook_method must be POST",
    InvalidWebhookFilters = UNPROCESSABLE_ENTITY "validation_error" "invalid_webhook_filters"
        "webhook_filters must name events of this version",
    TooManyWebhooks = BAD_REQUEST "invalid_request_error" "too_many_webhooks"
        "There are 20 addresses already; remove one first",

    // Widget: access token
    InvalidAccessToken = UNAUTHORIZED "invalid_access_token" "access_token_invalid" "The access token is not valid",
    AccessTokenExpired = UNAUTHORIZED "invalid_access_token" "access_token_expired" "The access token has expired",
    TokenUserDeleted = UNAUTHORIZED "invalid_access_token" "user_deleted" "The user of the token was deleted",
    TokenUserDisabled = UNAUTHORIZED "invalid_access_token" "user_disabled" "The user of the token is deactivated",

    OutOfScope = FORBIDDEN "invalid_access_token" "out_of_scope"
        "The token is of a call link, and this is outside of its call and the chat of its users",

    // Widget: files
    ChatNotThere = NOT_FOUND "invalid_request_error" "chat_not_found" "You have no such chat",
    CallNotThere = NOT_FOUND "invalid_request_error" "call_not_found" "You have no such call",
    UploadNotFound = NOT_FOUND "invalid_request_error" "upload_not_found" "You have no such file",
    LinkInvalid = FORBIDDEN "invalid_request_error" "link_invalid" "The link is forged or too old",
    UploadQuota = PAYLOAD_TOO_LARGE "invalid_request_error" "upload_quota_exceeded"
        "You have stored as much as you may; remove something first",
    StorageFull = INSUFFICIENT_STORAGE "service_unavailable" "storage_full"
        "The server has no room for more files",
    UploadTooLarge = PAYLOAD_TOO_LARGE "invalid_request_error" "upload_too_large" "The file is too large",
    UploadIncomplete = BAD_REQUEST "invalid_request_error" "upload_incomplete" "The upload broke off",
    UploadStalled = REQUEST_TIMEOUT "invalid_request_error" "upload_stalled" "No data came for too long",
    RangeNotSatisfiable = RANGE_NOT_SATISFIABLE "invalid_request_error" "range_not_satisfiable"
        "The range lies behind the end of the file",
}

impl RestCode {
    pub fn status(self) -> StatusCode {
        self.line().status
    }

    pub fn name(self) -> &'static str {
        self.line().name
    }

    pub fn as_str(self) -> &'static str {
        self.line().code
    }

    /// What to say when there is nothing more exact to say.
    pub fn reason(self) -> &'static str {
        self.line().reason
    }

    /// The same code with a more exact reason.
    pub fn because(self, reason: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal { code: self, reason: reason.into(), retry_after_ms: None }
    }
}

impl From<RestCode> for Refusal {
    fn from(code: RestCode) -> Self {
        code.because(code.reason())
    }
}

/// What the hub refuses, as REST tells it. Where an endpoint has its own word for a cause, it maps it first.
impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let code = match failure.code {
            ErrorCode::UserNotFound | ErrorCode::UserDeleted => RestCode::InvalidUserId,
            ErrorCode::UserDisabled => RestCode::UserDisabled,
            ErrorCode::ChatNotFound => RestCode::ChatNotFound,
            ErrorCode::ChatWithSelf => RestCode::InvalidUsersLength,
            ErrorCode::InvalidMessage | ErrorCode::ClientIdReused => RestCode::SendMessageError,
            ErrorCode::UploadNotFound => RestCode::UploadNotFound,
            ErrorCode::UploadTooLarge => RestCode::UploadTooLarge,
            ErrorCode::RateLimited
            | ErrorCode::TooManySessions
            | ErrorCode::TooManyRings
            | ErrorCode::TooManyChats => RestCode::RateLimited,
            ErrorCode::StorageUnavailable => RestCode::StorageUnavailable,
            ErrorCode::ShuttingDown => RestCode::ShuttingDown,
            ErrorCode::InvalidRequest
            | ErrorCode::MalformedFrame
            | ErrorCode::UnknownMessage
            | ErrorCode::FrameTooLarge => RestCode::InvalidParam,
            ErrorCode::InvalidToken | ErrorCode::WrongUser | ErrorCode::NotAuthenticated => {
                RestCode::InvalidAccessToken
            }
            ErrorCode::TokenExpired => RestCode::AccessTokenExpired,
            ErrorCode::OutOfScope => RestCode::OutOfScope,
            ErrorCode::NoPlusUser => RestCode::NoPlusUser,
            ErrorCode::CallNotFound => RestCode::RoomNotFound,
            ErrorCode::InitiatorNotAvailable
            | ErrorCode::CalleeBusy
            | ErrorCode::VideoNotPermitted
            | ErrorCode::DialOver
            | ErrorCode::CallNotReady
            | ErrorCode::CallLinkInvalid
            | ErrorCode::CallLinkForeign
            | ErrorCode::CallTooLarge
            | ErrorCode::AlreadyInCall
            | ErrorCode::InvalidSignal
            | ErrorCode::ToolNotAllowed
            | ErrorCode::ShapeNotFound
            | ErrorCode::ShapeExists
            | ErrorCode::InvalidShape
            | ErrorCode::BoardFull => RestCode::InvalidParam,
            ErrorCode::UnsupportedProtocol | ErrorCode::Internal | ErrorCode::Unknown => RestCode::Internal,
        };
        Refusal { code, reason: failure.reason.into(), retry_after_ms: failure.retry_after_ms }
    }
}

impl From<Refusal> for ErrorEnvelope {
    fn from(refusal: Refusal) -> Self {
        let (name, code) = (refusal.code.name(), refusal.code.as_str());
        Self { error: ErrorBody { name, code, reason: refusal.reason } }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        counter!(REFUSALS, "code" => self.code.as_str()).increment(1);
        let (status, retry_after_ms) = (self.code.status(), self.retry_after_ms);
        let mut response = (status, Json(ErrorEnvelope::from(self))).into_response();
        if let Some(ms) = retry_after_ms {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(ms.div_ceil(1000)));
        }
        response
    }
}

impl IntoResponse for RestCode {
    fn into_response(self) -> Response {
        Refusal::from(self).into_response()
    }
}

impl From<AdminFailure> for Refusal {
    fn from(failure: AdminFailure) -> Self {
        match failure {
            AdminFailure::UserExists => RestCode::UserIdAlreadyExists.into(),
            AdminFailure::Refused(failure) => failure.into(),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a read failed");
        match error {
            StoreError::Locked(_) | StoreError::Unavailable(_) => RestCode::StorageUnavailable.into(),
            StoreError::Defect(_) => RestCode::Internal.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_codes_share_a_name_and_a_status() {
        let mut seen = std::collections::BTreeSet::new();
        for code in RestCode::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{code:?}");
            assert!(seen.insert((code.as_str(), code.status())), "{code:?}");
        }
    }
}
