//! One HTTP request to the widget's server, with progress on the way up. Dropping it aborts it silently.

use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, File, ProgressEvent, XmlHttpRequest, XmlHttpRequestResponseType};

pub struct Request {
    xhr: XmlHttpRequest,
    listeners: Vec<EventListener>,
}

pub struct Answer {
    /// 0 when there was no answer at all.
    pub status: u16,
    body: JsValue,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body of a request for text.
    pub fn text(&self) -> String {
        self.body.as_string().unwrap_or_default()
    }

    /// The body of a request for bytes.
    pub fn blob(&self) -> Option<&Blob> {
        self.body.dyn_ref()
    }
}

impl Request {
    /// # Errors
    /// When the browser refuses to start it, because of the page's security policy for example.
    pub fn new(method: &str, url: &str, token: &str) -> Result<Self, JsValue> {
        let xhr = XmlHttpRequest::new()?;
        xhr.open(method, url)?;
        xhr.set_request_header("authorization", &format!("Bearer {token}"))?;
        Ok(Self { xhr, listeners: Vec::new() })
    }

    pub fn for_blob(self) -> Self {
        self.xhr.set_response_type(XmlHttpRequestResponseType::Blob);
        self
    }

    /// Reports bytes sent and bytes in all.
    pub fn on_progress(mut self, report: impl Fn(u64, u64) + 'static) -> Self {
        if let Ok(upload) = self.xhr.upload() {
            self.listeners.push(EventListener::new(&upload, "progress", move |event| {
                if let Some(progress) = event.dyn_ref::<ProgressEvent>() {
                    report(whole(progress.loaded()), whole(progress.total()));
                }
            }));
        }
        self
    }

    /// Sends it; `done` is called exactly once unless the request is dropped before.
    ///
    /// # Errors
    /// As for [`Request::new`].
    pub fn send(
        mut self,
        body: Option<&File>,
        done: impl FnOnce(&Answer) + 'static,
    ) -> Result<Self, JsValue> {
        let xhr = self.xhr.clone();
        self.listeners.push(EventListener::once(&self.xhr, "loadend", move |_| {
            let status = xhr.status().unwrap_or(0);
            done(&Answer { status, body: xhr.response().unwrap_or(JsValue::UNDEFINED) });
        }));
        match body {
            Some(file) => {
                // The server looks at the bytes; a claimed type would only bring a preflight of another kind.
                self.xhr.set_request_header("content-type", "application/octet-stream")?;
                self.xhr.send_with_opt_blob(Some(file))?;
            }
            None => self.xhr.send()?,
        }
        Ok(self)
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        // First the listeners, then the abort that would call them.
        self.listeners.clear();
        let _ = self.xhr.abort();
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of bytes are whole numbers"
)]
fn whole(bytes: f64) -> u64 {
    bytes as u64
}
