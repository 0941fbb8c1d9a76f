//! A page with a host element, a loader that writes down what it is told, and the server's end of the socket.

use bandyer_chat_widget::api::client::Client;
use bandyer_chat_widget::widget::mount;
use bandyer_protocol::{ChatId, ClientMessageId, Cursor, Epoch};
use bandyer_protocol::{
    ChatSummary, ClientEnvelope, ClientMessage, Features, Limits, Message, MessageBody, PROTOCOL_VERSION,
    Presence, RequestId, Seq, ServerEnvelope, ServerMessage, SessionId, SessionNews, SessionRequest, Sync,
    Timestamp, UserAlias, UserProfile, Welcome,
};
use js_sys::{Array, Function, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;

pub const SERVER: &str = "https://chat.example";

pub fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

pub fn text(object: &JsValue, key: &str) -> String {
    get(object, key).as_string().unwrap()
}

pub fn evaluate(code: &str) -> JsValue {
    js_sys::eval(code).unwrap()
}

pub fn function(code: &str) -> JsValue {
    evaluate(&format!("({code})"))
}

pub fn invoke(object: &JsValue, method: &str, arguments: &[JsValue]) -> JsValue {
    let function: Function = get(object, method).dyn_into().unwrap();
    function.apply(object, &arguments.iter().cloned().collect::<Array>()).unwrap()
}

/// One turn of the event loop.
pub async fn turn() {
    let turn: Promise = invoke(&fake(), "turn", &[]).dyn_into().unwrap();
    JsFuture::from(turn).await.unwrap();
}

/// Waits until something is so, as long as a busy machine may take for it.
pub async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let end = js_sys::Date::now() + 30_000.0;
    while !is_so() {
        assert!(js_sys::Date::now() < end, "never: {what}");
        gloo_timers::future::TimeoutFuture::new(5).await;
    }
}

/// Lets all that is under way come to its end, except what waits for a timer: for "nothing happens".
pub async fn settle() {
    for _ in 0..3 {
        let frame: Promise = invoke(&fake(), "frame", &[]).dyn_into().unwrap();
        JsFuture::from(frame).await.unwrap();
        turn().await;
    }
}

/// What the widget asked the page for most recently.
pub fn latest(kind: &str) -> JsValue {
    let list: Array = get(&fake(), kind).dyn_into().unwrap();
    list.get(list.length() - 1)
}

pub fn fake() -> JsValue {
    evaluate(include_str!("fake_page.js"));
    get(&js_sys::global(), "fakePage")
}

/// A mounted widget and its surroundings; everything is cleared away when dropped.
pub struct Page {
    pub host: Element,
    pub widget: Client,
    pub events: Rc<RefCell<Vec<(String, JsValue)>>>,
    _on_event: Closure<dyn FnMut(String, JsValue)>,
}

impl Page {
    pub fn new(options: &JsValue) -> Self {
        Self::with(options, &function(&format!("{{ serverUrl: '{SERVER}', framed: false }}")))
    }

    pub fn with(options: &JsValue, env: &JsValue) -> Self {
        fake();
        let document = web_sys::window().unwrap().document().unwrap();
        let host = document.create_element("div").unwrap();
        document.body().unwrap().append_child(&host).unwrap();
        let events: Rc<RefCell<Vec<(String, JsValue)>>> = Rc::default();
        let heard = Rc::clone(&events);
        let on_event = Closure::new(move |name, payload| heard.borrow_mut().push((name, payload)));
        let widget = mount(&host, options, env, on_event.as_ref()).unwrap();
        Self { host, widget, events, _on_event: on_event }
    }

    pub fn plain() -> Self {
        Self::new(&function("{ accessToken: 'token', environment: 'sandbox' }"))
    }

    pub fn call(&self, name: &str, arguments: &[JsValue]) -> Promise {
        self.widget.call(&name.into(), &arguments.iter().cloned().collect::<Array>())
    }

    pub fn read(&self, name: &str) -> JsValue {
        self.widget.read(&name.into())
    }

    /// The payloads of one event, oldest first.
    pub fn heard(&self, name: &str) -> Vec<JsValue> {
        self.events
            .borrow()
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, payload)| payload.clone())
            .collect()
    }

    pub fn root(&self) -> web_sys::ShadowRoot {
        self.host.shadow_root().unwrap()
    }

    /// Creates, connects and welcomes; the chat of both users exists.
    pub async fn connected(options: &JsValue) -> Self {
        let page = Self::new(options);
        page.connect().await;
        page
    }

    pub async fn connect(&self) {
        let created = self.call("create", &[]);
        play("open", "").await;
        let request = requests().pop().unwrap();
        assert!(matches!(request.msg, ClientMessage::Session(SessionRequest::Authenticate(_))));
        serve(Some(request.id), ServerMessage::Session(SessionNews::Welcome(Box::new(welcome())))).await;
        JsFuture::from(created).await.unwrap();
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.widget.destroy();
        self.host.remove();
    }
}

/// Lets something happen to the latest socket.
pub async fn play(event: &str, data: &str) {
    invoke(&latest("sockets"), "play", &[event.into(), data.into()]);
    turn().await;
}

/// Sends a frame to the widget.
pub async fn serve(re: Option<RequestId>, msg: impl Into<ServerMessage>) {
    let envelope = ServerEnvelope { v: PROTOCOL_VERSION, re, step: None, msg: msg.into() };
    play("message", &serde_json::to_string(&envelope).unwrap()).await;
}

/// All frames the widget has sent over the latest socket.
pub fn requests() -> Vec<ClientEnvelope> {
    let sent: Array = get(&latest("sockets"), "sent").dyn_into().unwrap();
    sent.iter().map(|frame| serde_json::from_str(&frame.as_string().unwrap()).unwrap()).collect()
}

pub fn alias(text: &str) -> UserAlias {
    UserAlias::parse(text).unwrap()
}

pub fn chat() -> ChatId {
    ChatId::between(&alias("anna"), &alias("bob")).unwrap()
}

pub fn profile(name: &str) -> UserProfile {
    UserProfile {
        alias: alias(name),
        first_name: Some(format!("First-{name}")),
        last_name: None,
        email: None,
        image: None,
        can_video: true,
    }
}

pub fn message(seq: u64, sender: &str, words: &str) -> Message {
    Message {
        chat: chat(),
        seq: Seq(seq),
        sender: alias(sender),
        client_id: ClientMessageId::parse(&format!("{sender}-{seq}")).unwrap(),
        body: MessageBody::Text(words.to_owned()),
        at: Timestamp(1_700_000_000_000),
    }
}

/// Anna has one chat, with Bob, whose one message she has not read.
pub fn welcome() -> Welcome {
    let now = Timestamp(js_sys::Date::now() as i64);
    let summary = ChatSummary {
        chat: chat(),
        incarnation: 1,
        created_at: Timestamp(1_600_000_000_000),
        created_by: alias("bob"),
        last_seq: Seq(1),
        last_message: Some(message(1, "bob", "hello")),
        cut: false,
        read_seq: Seq(0),
        peer_read_seq: Seq(1),
        unread: 1,
    };
    Welcome {
        session: SessionId::parse("session-1").unwrap(),
        user: profile("anna"),
        now,
        issued_at: now,
        expires_at: now.plus_ms(3_600_000),
        limits: Limits::default(),
        epoch: Epoch::parse("one").unwrap(),
        features: Features::own(),
        ringing: None,
        elsewhere: None,
        sync: Sync {
            complete: true,
            cursor: Cursor(7),
            more: false,
            chats: vec![summary],
            removed: Vec::new(),
            profiles: vec![profile("bob")],
            present: vec![(alias("bob"), Presence::Online)],
        },
    }
}

pub fn options(more: &str) -> JsValue {
    function(&format!("{{ accessToken: 'token', environment: 'sandbox', language: 'en', ...{more} }}"))
}
