//! Files on their way up and down, and the object URLs of preview pictures.

use super::http::{Answer, Request};
use crate::files::Files;
use bandyer_core::action::{UploadEvent, UploadFailure};
use bandyer_core::effect::UploadCommand;
use bandyer_protocol::upload::DownloadLink;
use bandyer_protocol::{ChatId, ClientMessageId, Seq, UploadId, UploadReceipt};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlAnchorElement, Url};

#[derive(Clone)]
pub struct Uploads(Rc<Inner>);

struct Inner {
    server: String,
    files: Files,
    token: Box<dyn Fn() -> String>,
    report: Box<dyn Fn(UploadEvent)>,
    /// With the place each belongs to.
    running: RefCell<Vec<(Job, Place, Request)>>,
    pictures: RefCell<Vec<(ChatId, Seq, String)>>,
}

/// Where a file is given.
enum Place {
    Chat(ChatId),
    /// The one call there may be.
    Call,
}

#[derive(Clone, PartialEq, Eq)]
enum Job {
    Upload(ClientMessageId),
    Download(ChatId, Seq),
    Picture(ChatId, Seq),
}

impl Uploads {
    /// `token` is asked for the access token of the moment, `report` is told what happened.
    pub fn new(
        server: &str,
        files: Files,
        token: impl Fn() -> String + 'static,
        report: impl Fn(UploadEvent) + 'static,
    ) -> Self {
        let (running, pictures) = Default::default();
        let (token, report) = (Box::new(token), Box::new(report));
        Self(Rc::new(Inner { server: server.to_owned(), files, token, report, running, pictures }))
    }

    pub fn run(&self, command: UploadCommand) {
        match command {
            UploadCommand::Start { client_id, chat, file, name } => {
                let target = format!("chat={}", encoded(chat.as_str()));
                self.upload(client_id, Place::Chat(chat), &target, file, &name);
            }
            UploadCommand::StartForCall { client_id, call, file, name } => {
                self.upload(client_id, Place::Call, &format!("call={call}"), file, &name);
            }
            UploadCommand::DownloadOfCall { client_id, upload, name } => {
                self.download_of_call(client_id, &upload, name);
            }
            UploadCommand::Cancel { client_id } => self.end(&Job::Upload(client_id)),
            UploadCommand::Forget { file } => self.0.files.forget(file),
            UploadCommand::Download { chat, seq, upload, name } => self.download(chat, seq, &upload, name),
            UploadCommand::LoadPicture { chat, seq, upload } => self.load_picture(chat, seq, &upload),
            UploadCommand::ReleaseChat { chat } => self.release_chat(&chat),
            UploadCommand::ReleaseAll => self.release_all(),
        }
    }

    fn upload(&self, client_id: ClientMessageId, place: Place, target: &str, file: u32, name: &str) {
        let path = format!("?{target}&name={}", encoded(name));
        let Some(file) = self.0.files.get(file) else {
            return self.report(UploadEvent::Failed { client_id, code: UploadFailure::Refused });
        };
        let (progress, id) = (self.clone(), client_id.clone());
        let report = move |sent, total| {
            progress.report(UploadEvent::Progress { client_id: id.clone(), sent, total });
        };
        let (this, id) = (self.clone(), client_id.clone());
        let request =
            self.request("POST", &path).map(|request| request.on_progress(report)).and_then(|request| {
                request.send(Some(&file), move |answer| {
                    this.end(&Job::Upload(id.clone()));
                    this.report(uploaded(id, answer));
                })
            });
        match request {
            Ok(request) => self.keep(Job::Upload(client_id), place, request),
            Err(_) => self.report(UploadEvent::Failed { client_id, code: UploadFailure::Network }),
        }
    }

    fn download(&self, chat: ChatId, seq: Seq, upload: &UploadId, name: String) {
        let job = Job::Download(chat.clone(), seq);
        let (this, own) = (self.clone(), job.clone());
        let failed = UploadEvent::DownloadFailed { chat: chat.clone(), seq };
        let failure = failed.clone();
        let request = self.request("POST", &format!("/{upload}/link")).and_then(|request| {
            request.send(None, move |answer| {
                this.end(&own);
                if this.hand_over(answer, &name).is_none() {
                    this.report(failure);
                }
            })
        });
        match request {
            Ok(request) => self.keep(job, Place::Chat(chat), request),
            Err(_) => self.report(failed),
        }
    }

    fn download_of_call(&self, client_id: ClientMessageId, upload: &UploadId, name: String) {
        let (this, id) = (self.clone(), client_id.clone());
        let failed = UploadEvent::Failed { client_id: client_id.clone(), code: UploadFailure::Network };
        let failure = failed.clone();
        let request = self.request("POST", &format!("/{upload}/link")).and_then(|request| {
            request.send(None, move |answer| {
                this.end(&Job::Upload(id));
                if this.hand_over(answer, &name).is_none() {
                    this.report(failure);
                }
            })
        });
        match request {
            Ok(request) => self.keep(Job::Upload(client_id), Place::Call, request),
            Err(_) => self.report(failed),
        }
    }

    /// Clicks a link for the user. Across origins it opens beside the page, so that whatever the server answers, the
    /// host page stays; browsers close that tab at once when it becomes a download.
    fn hand_over(&self, answer: &Answer, name: &str) -> Option<()> {
        let link: DownloadLink = serde_json::from_str(&answer.is_success().then(|| answer.text())?).ok()?;
        let window = web_sys::window()?;
        let anchor = window.document()?.create_element("a").ok()?.dyn_into::<HtmlAnchorElement>().ok()?;
        anchor.set_href(&format!("{}{}", self.0.server, link.path));
        anchor.set_download(name);
        anchor.set_rel("noopener");
        if window.location().origin().ok()? != anchor.origin() {
            anchor.set_target("_blank");
        }
        anchor.click();
        Some(())
    }

    fn load_picture(&self, chat: ChatId, seq: Seq, upload: &UploadId) {
        let job = Job::Picture(chat.clone(), seq);
        if self.0.running.borrow().iter().any(|(known, _, _)| *known == job) {
            return;
        }
        let (this, own) = (self.clone(), (chat.clone(), seq));
        let failed = UploadEvent::DownloadFailed { chat: chat.clone(), seq };
        let failure = failed.clone();
        let request = self.request("GET", &format!("/{upload}")).and_then(|request| {
            request.for_blob().send(None, move |answer| {
                this.end(&Job::Picture(own.0.clone(), own.1));
                this.report(this.picture(own, answer).unwrap_or(failure));
            })
        });
        match request {
            Ok(request) => self.keep(job, Place::Chat(chat), request),
            Err(_) => self.report(failed),
        }
    }

    fn picture(&self, place: (ChatId, Seq), answer: &Answer) -> Option<UploadEvent> {
        let blob = answer.blob().filter(|_| answer.is_success())?;
        let url = Url::create_object_url_with_blob(blob).ok()?;
        let (chat, seq) = place;
        self.revoke_where(|of, at| *of == chat && at == seq);
        self.0.pictures.borrow_mut().push((chat.clone(), seq, url.clone()));
        Some(UploadEvent::Picture { chat, seq, url })
    }

    fn request(&self, method: &str, path: &str) -> Result<Request, JsValue> {
        Request::new(method, &format!("{}/client/uploads{path}", self.0.server), &(self.0.token)())
    }

    fn keep(&self, job: Job, place: Place, request: Request) {
        self.end(&job);
        self.0.running.borrow_mut().push((job, place, request));
    }

    fn end(&self, job: &Job) {
        let found = self.0.running.borrow().iter().position(|(known, _, _)| known == job);
        // Dropped outside the borrow: aborting may call back.
        let request = found.map(|index| self.0.running.borrow_mut().swap_remove(index));
        drop(request);
    }

    fn report(&self, event: UploadEvent) {
        (self.0.report)(event);
    }

    fn release_chat(&self, chat: &ChatId) {
        let (ended, rest) = self
            .0
            .running
            .take()
            .into_iter()
            .partition(|(_, of, _)| matches!(of, Place::Chat(of) if of == chat));
        *self.0.running.borrow_mut() = rest;
        drop::<Vec<_>>(ended);
        self.revoke_where(|of, _| of == chat);
    }

    pub fn release_all(&self) {
        drop(self.0.running.take());
        self.revoke_where(|_, _| true);
    }

    fn revoke_where(&self, which: impl Fn(&ChatId, Seq) -> bool) {
        self.0.pictures.borrow_mut().retain(|(chat, seq, url)| {
            let over = which(chat, *seq);
            if over {
                // Cannot fail on a text.
                let _ = Url::revoke_object_url(url);
            }
            !over
        });
    }
}

fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

fn uploaded(client_id: ClientMessageId, answer: &Answer) -> UploadEvent {
    let receipt = answer.is_success().then(|| serde_json::from_str::<UploadReceipt>(&answer.text()).ok());
    match (receipt, answer.status) {
        (Some(Some(receipt)), _) => UploadEvent::Stored { client_id, receipt: Box::new(receipt) },
        (_, 413) => UploadEvent::Failed { client_id, code: UploadFailure::TooLarge },
        // No answer, too many requests, or trouble at the server: the same file may go through later.
        (_, 0 | 429 | 500..) => UploadEvent::Failed { client_id, code: UploadFailure::Network },
        (_, _) => UploadEvent::Failed { client_id, code: UploadFailure::Refused },
    }
}
