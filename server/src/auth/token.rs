//! Access tokens: who a socket or an upload speaks for. HS256 only, exact claims, checked against our own clock.

use crate::secrets::SecretKind;
use bandyer_hub::Scope;
use bandyer_protocol::{ErrorCode, Failure, Timestamp, UserAlias};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

const ISSUER: &str = "bandyer-server";
const AUDIENCE: &str = "bandyer-widget";
const KIND: &str = "access";

/// Exactly these claims; a missing, further or wrong-typed one makes the token invalid.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserAlias,
    /// Seconds since 1970.
    iat: u32,
    exp: u32,
    typ: String,
    /// Absent for the whole account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<Scope>,
}

/// A token that was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    pub user: UserAlias,
    /// `None` for the whole account.
    pub scope: Option<Scope>,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

pub struct TokenKeys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl TokenKeys {
    /// # Errors
    /// When the secret is too short.
    pub fn new(secret: &[u8]) -> Result<Self, String> {
        let (least, has) = (SecretKind::Token.least_bytes(), secret.len());
        if has < least {
            return Err(format!("the token secret must have at least {least} bytes, it has {has}"));
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // The expiry is compared below, with the server's clock and without leeway.
        validation.validate_exp = false;
        Ok(Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
        })
    }

    /// A new token for the whole account, and when it expires.
    ///
    /// # Errors
    /// When the library refuses to sign, which it has no reason to.
    pub fn issue(
        &self,
        user: &UserAlias,
        now: Timestamp,
        lifetime_s: u32,
    ) -> Result<(String, Timestamp), Failure> {
        self.issue_within(None, user, now, lifetime_s)
    }

    /// A new token for one call and the chat of its users, or without a scope for everything.
    ///
    /// # Errors
    /// When the library refuses to sign, which it has no reason to.
    pub fn issue_within(
        &self,
        scope: Option<Scope>,
        user: &UserAlias,
        now: Timestamp,
        lifetime_s: u32,
    ) -> Result<(String, Timestamp), Failure> {
        let internal = || Failure::new(ErrorCode::Internal, "the token could not be signed");
        let iat = u32::try_from(now.0 / 1000).map_err(|_| internal())?;
        let exp = iat.checked_add(lifetime_s).ok_or_else(internal)?;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user.clone(),
            iat,
            exp,
            typ: KIND.to_owned(),
            scope,
        };
        let token =
            encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(|_| internal())?;
        Ok((token, from_seconds(exp)))
    }

    /// # Errors
    /// `access_token_invalid` or `access_token_expired`.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<AccessToken, Failure> {
        let invalid = || Failure::new(ErrorCode::InvalidToken, "the access token is not valid");
        let claims = decode::<Claims>(token, &self.decoding, &self.validation).map_err(|_| invalid())?.claims;
        if claims.typ != KIND || claims.exp <= claims.iat {
            return Err(invalid());
        }
        let expires_at = from_seconds(claims.exp);
        if expires_at <= now {
            return Err(Failure::new(ErrorCode::TokenExpired, "the access token has expired"));
        }
        let Claims { sub: user, scope, iat, .. } = claims;
        Ok(AccessToken { user, scope, issued_at: from_seconds(iat), expires_at })
    }
}

fn from_seconds(seconds: u32) -> Timestamp {
    Timestamp(i64::from(seconds) * 1000)
}
