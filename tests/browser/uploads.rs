//! Files up and down, with a made-up server.

use crate::page::{chat, fake, get, invoke, latest, text};
use bandyer_chat_widget::files::Files;
use bandyer_chat_widget::services::uploads::Uploads;
use bandyer_core::action::{UploadEvent, UploadFailure};
use bandyer_core::effect::UploadCommand;
use bandyer_protocol::{Attachment, ClientMessageId, Seq, UploadId, UploadReceipt};
use js_sys::{Array, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

struct Bench {
    uploads: Uploads,
    files: Files,
    events: Rc<RefCell<Vec<UploadEvent>>>,
}

fn bench() -> Bench {
    fake();
    let (files, events) = (Files::default(), Rc::<RefCell<Vec<UploadEvent>>>::default());
    let log = Rc::clone(&events);
    let report = move |event| log.borrow_mut().push(event);
    let uploads = Uploads::new("https://chat.example", files.clone(), || "token".to_owned(), report);
    Bench { uploads, files, events }
}

fn client_id() -> ClientMessageId {
    ClientMessageId::parse("one").unwrap()
}

fn upload_id() -> UploadId {
    UploadId::parse("file-1").unwrap()
}

impl Bench {
    fn start(&self) {
        let parts = Array::of1(&"some bytes".into());
        let file = web_sys::File::new_with_str_sequence(&parts, "a & b.txt").unwrap();
        let picked = self.files.keep(file);
        assert_eq!((picked.size, picked.picture, picked.name.as_str()), (10, false, "a & b.txt"));
        self.uploads.run(UploadCommand::Start {
            client_id: client_id(),
            chat: chat(),
            file: picked.file,
            name: picked.name,
        });
    }

    fn answer(&self, status: u16, body: &str) -> UploadEvent {
        invoke(&latest("requests"), "answer", &[status.into(), body.into()]);
        self.events.borrow().last().unwrap().clone()
    }
}

#[wasm_bindgen_test]
fn an_upload_carries_the_token_reports_progress_and_ends_with_its_receipt() {
    let bench = bench();
    bench.start();
    let request = latest("requests");
    assert_eq!(
        (text(&request, "method").as_str(), text(&request, "url").as_str()),
        ("POST", "https://chat.example/client/uploads?chat=anna%23bob&name=a%20%26%20b.txt")
    );
    assert_eq!(text(&get(&request, "headers"), "authorization"), "Bearer token");
    invoke(&request, "progress", &[4.into(), 10.into()]);
    let progress = UploadEvent::Progress { client_id: client_id(), sent: 4, total: 10 };
    assert_eq!(*bench.events.borrow(), [progress]);
    let receipt = UploadReceipt {
        attachment: Attachment {
            upload: upload_id(),
            name: "a & b.txt".to_owned(),
            size: 10,
            media_type: "text/plain".to_owned(),
            picture: false,
        },
    };
    let stored = UploadEvent::Stored { client_id: client_id(), receipt: Box::new(receipt.clone()) };
    assert_eq!(bench.answer(201, &serde_json::to_string(&receipt).unwrap()), stored);
}

#[wasm_bindgen_test]
fn a_failure_says_whether_trying_again_makes_sense() {
    for (status, code) in [
        (413, UploadFailure::TooLarge),
        (0, UploadFailure::Network),
        (503, UploadFailure::Network),
        (429, UploadFailure::Network),
        (403, UploadFailure::Refused),
        (200, UploadFailure::Refused),
    ] {
        let bench = bench();
        bench.start();
        let failed = UploadEvent::Failed { client_id: client_id(), code };
        assert_eq!(bench.answer(status, "not a receipt"), failed, "{status}");
    }
}

#[wasm_bindgen_test]
fn cancelling_aborts_without_another_word() {
    let bench = bench();
    bench.start();
    bench.uploads.run(UploadCommand::Cancel { client_id: client_id() });
    let request = latest("requests");
    assert!(get(&request, "aborted").is_truthy());
    invoke(&request, "progress", &[4.into(), 10.into()]);
    invoke(&request, "answer", &[0.into(), JsValue::NULL]);
    assert!(bench.events.borrow().is_empty());
}

#[wasm_bindgen_test]
fn a_picture_becomes_an_object_url_that_is_released_with_its_chat() {
    let bench = bench();
    let load =
        || bench.uploads.run(UploadCommand::LoadPicture { chat: chat(), seq: Seq(1), upload: upload_id() });
    load();
    load();
    let request = latest("requests");
    assert_eq!(text(&request, "url"), "https://chat.example/client/uploads/file-1");
    let blob = web_sys::Blob::new_with_str_sequence(&Array::of1(&"png".into())).unwrap();
    let urls = get(&fake(), "urls");
    let before = get(&urls, "size");
    invoke(&request, "answer", &[200.into(), blob.into()]);
    let Some(UploadEvent::Picture { url, .. }) = bench.events.borrow().last().cloned() else {
        panic!("no picture")
    };
    assert!(invoke(&urls, "has", &[url.as_str().into()]).is_truthy());
    assert_eq!(bench.events.borrow().len(), 1, "the second wish found the first under way");
    bench.uploads.run(UploadCommand::ReleaseChat { chat: chat() });
    assert!(js_sys::Object::is(&get(&urls, "size"), &before));
}

#[wasm_bindgen_test]
fn a_download_asks_for_a_link_and_follows_it() {
    let bench = bench();
    let download = || {
        bench.uploads.run(UploadCommand::Download {
            chat: chat(),
            seq: Seq(1),
            upload: upload_id(),
            name: "a.txt".to_owned(),
        });
    };
    // Where the click would lead is written down instead of followed.
    let click = js_sys::eval(
        "const own = HTMLAnchorElement.prototype.click;
         HTMLAnchorElement.prototype.click = function () { window.clicked = [this.href, this.download, this.target] };
         own",
    )
    .unwrap();
    download();
    assert_eq!(text(&latest("requests"), "url"), "https://chat.example/client/uploads/file-1/link");
    invoke(
        &latest("requests"),
        "answer",
        &[200.into(), r#"{"path":"/client/uploads/file-1?key=k","expires_at":5}"#.into()],
    );
    let clicked = get(&js_sys::global(), "clicked");
    let clicked: Vec<_> = clicked_texts(&clicked);
    assert_eq!(clicked, ["https://chat.example/client/uploads/file-1?key=k", "a.txt", "_blank"]);
    assert!(bench.events.borrow().is_empty());

    download();
    assert_eq!(bench.answer(404, "{}"), UploadEvent::DownloadFailed { chat: chat(), seq: Seq(1) });
    let prototype = js_sys::eval("HTMLAnchorElement.prototype").unwrap();
    Reflect::set(&prototype, &"click".into(), &click).unwrap();
}

fn clicked_texts(list: &JsValue) -> Vec<String> {
    wasm_bindgen::JsCast::unchecked_ref::<Array>(list).iter().filter_map(|text| text.as_string()).collect()
}
