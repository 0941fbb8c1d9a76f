//! Reads the arguments of a REST request: the query string and a JSON body together, whatever the method, because
//! callers of this interface have always sent either. Where both name a parameter, the body wins.

use crate::refusal::{Refusal, RestCode};
use crate::state::App;
use axum::RequestExt;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::time::Duration;

/// Largest JSON body. The longest message fits several times over.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// The arguments of a request, read as `T`.
pub struct Arguments<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Arguments<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let mut arguments = read_query(request.uri().query().unwrap_or_default());
        // A route may allow less than we do.
        let body = to_bytes(request.with_limited_body().into_body(), MAX_BODY_BYTES);
        let body = in_time(app, body).await?.map_err(unreadable)?;
        if !body.trim_ascii().is_empty() {
            let object: Map<String, Value> = serde_json::from_slice(&body).map_err(|error| {
                RestCode::InvalidJson.because(format!("The body is not a JSON object: {error}"))
            })?;
            arguments.extend(object);
        }
        serde_json::from_value(Value::Object(arguments))
            .map(Self)
            .map_err(|error| RestCode::Validation.because(error.to_string()))
    }
}

/// What reads a body has so much time for the whole of it: who sends a byte now and then is not waited for.
///
/// # Errors
/// `body_timeout`.
pub async fn in_time<T>(app: &App, reading: impl Future<Output = T>) -> Result<T, RestCode> {
    let patience = Duration::from_millis(app.config.body_ms.into());
    tokio::time::timeout(patience, reading).await.map_err(|_| RestCode::BodyTimeout)
}

fn unreadable(error: axum::Error) -> Refusal {
    // The only limits in the way are our own; everything else is a connection that broke.
    let mut causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
    if causes.any(|cause| cause.is::<http_body_util::LengthLimitError>()) {
        RestCode::BodyTooLarge.into()
    } else {
        RestCode::InvalidJson.because("The body broke off")
    }
}

/// `a=1&users[]=x&users[]=y` as an object. A key that ends in `[]` or `[0]`, or comes twice, holds a list.
fn read_query(query: &str) -> Map<String, Value> {
    let mut arguments = Map::new();
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = Value::String(value.into_owned());
        let (name, listed) = match key.split_once('[') {
            Some((name, rest)) if rest.strip_suffix(']').is_some_and(is_index) => (name, true),
            Some(_) | None => (&*key, false),
        };
        match arguments.get_mut(name) {
            None if listed => drop(arguments.insert(name.to_owned(), Value::Array(vec![value]))),
            None => drop(arguments.insert(name.to_owned(), value)),
            Some(Value::Array(list)) => list.push(value),
            Some(single) => {
                let first = single.take();
                *single = Value::Array(vec![first, value]);
            }
        }
    }
    arguments
}

fn is_index(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Readers for parameters that may come as text, because a query string knows nothing else.
pub mod lenient {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde_json::{Number, Value};

    /// A whole number, or its digits.
    pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Null => Ok(None),
            Value::Number(number) => whole(&number).and_then(|n| u64::try_from(n).ok()).map(Some).ok_or(()),
            Value::String(digits) => digits.parse().map(Some).map_err(drop),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(()),
        }
        .map_err(|()| D::Error::custom("expected a whole number that is not negative"))
    }

    /// A whole number that may be negative, for fields whose range has an error of its own.
    pub fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Null => Ok(None),
            Value::Number(number) => whole(&number).map(Some).ok_or(()),
            Value::String(digits) => digits.parse().map(Some).map_err(drop),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(()),
        }
        .map_err(|()| D::Error::custom("expected a whole number"))
    }

    /// JSON knows one kind of number: 7.0 is 7.
    fn whole(number: &Number) -> Option<i64> {
        let float = || number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < MOST_EXACT);
        number.as_i64().or_else(|| float().map(|n| n as i64))
    }

    /// From here on not every whole number has a float of its own.
    const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

    /// `true`, `1`, `"true"`, `"1"` and their opposites.
    pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value {
            Value::Null => return Ok(None),
            Value::Bool(flag) => return Ok(Some(flag)),
            Value::Number(ref number) => match number.as_u64() {
                Some(0) => return Ok(Some(false)),
                Some(1) => return Ok(Some(true)),
                Some(_) | None => {}
            },
            Value::String(ref text) => match text.as_str() {
                "true" | "1" => return Ok(Some(true)),
                "false" | "0" => return Ok(Some(false)),
                _ => {}
            },
            Value::Array(_) | Value::Object(_) => {}
        }
        Err(D::Error::custom("expected true or false"))
    }

    /// A list of texts; a lone text counts as its parts between commas.
    pub fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(text.split(',').map(str::to_owned).collect()),
            Value::Null => Ok(Vec::new()),
            Value::Array(items) => items
                .into_iter()
                .map(|item| match item {
                    Value::String(text) => Ok(text),
                    _ => Err(D::Error::custom("expected a list of texts")),
                })
                .collect(),
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                Err(D::Error::custom("expected a list of texts"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_query_may_write_lists_in_every_usual_way() {
        let users = |query| Value::Object(read_query(query));
        let both = json!({"users": ["a", "b"]});
        assert_eq!(users("users[]=a&users[]=b"), both);
        assert_eq!(users("users%5B%5D=a&users%5B%5D=b"), both);
        assert_eq!(users("users[0]=a&users[1]=b"), both);
        assert_eq!(users("users=a&users=b"), both);
        assert_eq!(users("users=a%2Cb"), json!({"users": "a,b"}));
        assert_eq!(users("a[x]=1"), json!({"a[x]": "1"}));
        assert_eq!(users(""), json!({}));
    }

    #[derive(serde::Deserialize)]
    struct Sample {
        #[serde(default, deserialize_with = "lenient::number")]
        number: Option<u64>,
        #[serde(default, deserialize_with = "lenient::flag")]
        flag: Option<bool>,
        #[serde(default, deserialize_with = "lenient::list")]
        list: Vec<String>,
    }

    #[test]
    fn text_stands_for_numbers_flags_and_lists_but_rubbish_does_not() {
        let read = |value: Value| serde_json::from_value::<Sample>(value);
        let sample = read(json!({"number": "7", "flag": "0", "list": "a,b"})).unwrap();
        assert_eq!(
            (sample.number, sample.flag, sample.list),
            (Some(7), Some(false), vec!["a".into(), "b".into()])
        );
        for wrong in [
            json!({"number": -1}),
            json!({"number": "1.5"}),
            json!({"number": true}),
            json!({"flag": 2}),
            json!({"flag": "yes"}),
            json!({"list": [1]}),
            json!({"list": {}}),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
