//! From mounting to leaving nothing behind.

use crate::page::{
    Page, SERVER, chat, eventually, fake, function, get, latest, message, options, play, requests, serve,
    settle, text, turn,
};
use bandyer_chat_widget::widget::mount;
use bandyer_protocol::{
    ChatNews, ChatRequest, ClientMessage, Cursor, CursorStep, PROTOCOL_VERSION, ServerEnvelope,
    ServerMessage, SessionNews,
};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

fn number(object: &JsValue, key: &str) -> f64 {
    get(object, key).as_f64().unwrap()
}

fn length(list: &JsValue) -> u32 {
    list.unchecked_ref::<Array>().length()
}

#[wasm_bindgen_test]
async fn mounts_into_an_open_shadow_root_and_takes_all_of_it_away() {
    // What the test before has dropped goes within the next turns.
    settle().await;
    let listeners = number(&fake(), "listeners");
    let page = Page::plain();
    turn().await;
    let root = page.root();
    assert_eq!(root.child_element_count(), 1);
    assert!(length(&get(&root, "adoptedStyleSheets")) > 0);
    assert_eq!(
        root.query_selector_all("style").unwrap().length(),
        0,
        "a strict policy refuses inline styles"
    );
    page.widget.destroy();
    page.widget.destroy();
    turn().await;
    assert_eq!((root.child_element_count(), length(&get(&root, "adoptedStyleSheets"))), (0, 0));
    assert_eq!(number(&fake(), "listeners"), listeners);
}

#[wasm_bindgen_test]
async fn a_shadow_root_that_is_there_is_used_and_what_is_in_it_stays() {
    let page = Page::plain();
    turn().await;
    let root = page.root();
    let env = function(&format!("{{ serverUrl: '{SERVER}/' }}"));
    let second = mount(&page.host, &options("{}"), &env, &JsValue::NULL).unwrap();
    turn().await;
    assert_eq!(root.child_element_count(), 2);
    let sheets = length(&get(&root, "adoptedStyleSheets"));
    second.destroy();
    turn().await;
    assert_eq!(root.child_element_count(), 1);
    assert_eq!(length(&get(&root, "adoptedStyleSheets")), sheets / 2);
}

#[wasm_bindgen_test]
fn what_cannot_carry_a_widget_is_named() {
    fake();
    let refused = |host: &JsValue, env: &str| {
        text(&mount(host, &options("{}"), &function(env), &JsValue::NULL).err().unwrap(), "code")
    };
    let document = web_sys::window().unwrap().document().unwrap();
    let image = document.create_element("img").unwrap();
    let host = document.create_element("div").unwrap();
    let env = format!("{{ serverUrl: '{SERVER}' }}");
    assert_eq!(refused(&JsValue::from_str("div"), &env), "invalid_container");
    assert_eq!(refused(&image, &env), "invalid_container");
    assert_eq!(refused(&host, "{ serverUrl: 5 }"), "invalid_server_url");
    assert_eq!(refused(&host, "{ serverUrl: 'javascript:alert(1)' }"), "invalid_server_url");
    assert!(host.shadow_root().is_none(), "a refusal leaves the element as it was");
}

#[wasm_bindgen_test]
async fn connects_and_answers_what_the_host_asks() {
    let page = Page::connected(&options("{}")).await;
    assert_eq!(text(&latest("sockets"), "url"), "wss://chat.example/client/socket");
    let states = page.heard("bandyer:state");
    assert!(get(states.last().unwrap(), "authenticated").is_truthy());
    eventually("the host page hears of the chat", || !page.heard("chat_loaded").is_empty()).await;
    let loaded = page.heard("chat_loaded");
    assert_eq!((loaded.len(), text(&loaded[0], "chat")), (1, "anna#bob".to_owned()));

    let chats = page.read("getChats");
    let first = chats.unchecked_ref::<Array>().get(0);
    assert_eq!((text(&first, "chat"), number(&first, "unreadMessages")), ("anna#bob".to_owned(), 1.0));
    assert!(get(&get(&first, "lastMessage"), "timestamp").is_instance_of::<js_sys::Date>());
    assert_eq!(length(&page.read("getUnreadMessages")), 1);
    assert!(page.read("getLastMessageReceived").is_null() && page.read("nothing").is_undefined());

    let opened = JsFuture::from(page.call("openWidget", &[])).await.unwrap();
    assert!(opened.is_truthy() && get(page.heard("bandyer:state").last().unwrap(), "expanded").is_truthy());
}

#[wasm_bindgen_test]
async fn a_message_goes_out_in_the_same_turn_and_comes_back_as_an_event() {
    let page = Page::connected(&options("{}")).await;
    let sent = page.call("composeMessage", &["bob".into(), "hi there".into(), JsValue::TRUE]);
    turn().await;
    let request = requests()
        .into_iter()
        .find(|request| matches!(request.msg, ClientMessage::Chat(ChatRequest::SendMessage { .. })));
    let request = request.unwrap();
    let ClientMessage::Chat(ChatRequest::SendMessage { client_id, .. }) = &request.msg else {
        panic!("not a message")
    };
    let mut stored = message(2, "anna", "hi there");
    stored.client_id = client_id.clone();
    let envelope = ServerEnvelope {
        v: PROTOCOL_VERSION,
        re: Some(request.id),
        step: Some(CursorStep { prev: Cursor(7), cursor: Cursor(8) }),
        msg: ServerMessage::Chat(ChatNews::MessageAdded { message: stored }),
    };
    play("message", &serde_json::to_string(&envelope).unwrap()).await;
    JsFuture::from(sent).await.unwrap();
    let heard = page.heard("message_sent");
    assert_eq!((heard.len(), text(&heard[0], "text")), (1, "hi there".to_owned()));
    assert_eq!(text(&page.read("getLastMessageSent"), "id"), "anna#bob:2");
}

#[wasm_bindgen_test]
async fn an_unreadable_frame_closes_the_line_and_the_core_tries_again() {
    let page = Page::connected(&options("{}")).await;
    let first = latest("sockets");
    play("message", "{ \"v\": 2, \"msg\"").await;
    assert_eq!(number(&first, "readyState"), 3.0);
    assert!(get(page.heard("bandyer:state").last().unwrap(), "authenticated").is_truthy());
    eventually("a new socket", || !js_sys::Object::is(&first, &latest("sockets"))).await;
}

#[wasm_bindgen_test]
async fn logging_out_unmounts_and_leaves_nothing() {
    let page = Page::connected(&options("{}")).await;
    let socket = latest("sockets");
    JsFuture::from(page.call("logout", &[])).await.unwrap();
    turn().await;
    assert_eq!(page.heard("bandyer:unmounted").len(), 1);
    assert!(!get(page.heard("bandyer:state").last().unwrap(), "authenticated").is_truthy());
    assert_eq!((page.root().child_element_count(), number(&socket, "readyState")), (0, 3.0));
    JsFuture::from(page.call("logout", &[])).await.unwrap();
    let refused = JsFuture::from(page.call("addChat", &["bob".into()])).await.unwrap_err();
    assert_eq!(text(&refused, "name"), "BandyerChatWidgetNotAuthenticated");
    assert_eq!(length(&page.read("getChats")), 0);
}

#[wasm_bindgen_test]
async fn destroying_rejects_what_is_still_waiting() {
    let page = Page::connected(&options("{}")).await;
    let waiting = page.call("getUser", &["bob".into()]);
    page.widget.destroy();
    let refused = JsFuture::from(waiting).await.unwrap_err();
    assert_eq!(text(&refused, "code"), "not_authenticated");
    let unknown = JsFuture::from(page.call("noSuchMethod", &[])).await.unwrap_err();
    assert_eq!(text(&unknown, "code"), "no_such_method");
}

#[wasm_bindgen_test]
async fn a_listener_that_throws_breaks_nothing() {
    fake();
    let document = web_sys::window().unwrap().document().unwrap();
    let host = document.create_element("div").unwrap();
    document.body().unwrap().append_child(&host).unwrap();
    let env = function(&format!("{{ serverUrl: '{SERVER}' }}"));
    // The test's own listener for errors would take the reported one for a failure of the test.
    let report = js_sys::Reflect::get(&js_sys::global(), &"reportError".into()).unwrap();
    let count = function("function (error) { window.reported = (window.reported || 0) + 1; }");
    js_sys::Reflect::set(&js_sys::global(), &"reportError".into(), &count).unwrap();
    let rude = function("() => { throw new Error('rude') }");
    let widget = mount(&host, &options("{}"), &env, &rude).unwrap();
    let hidden = JsFuture::from(widget.call(&"hideWidget".into(), &Array::new())).await;
    let created = widget.call(&"create".into(), &Array::new());
    play("open", "").await;
    let welcome = ServerMessage::Session(SessionNews::Welcome(Box::new(crate::page::welcome())));
    serve(requests().pop().map(|request| request.id), welcome).await;
    assert!(JsFuture::from(created).await.is_ok());
    assert!(number(&js_sys::global(), "reported") > 1.0);
    assert_eq!(length(&widget.read(&"getChats".into())), 1);
    drop(hidden);
    widget.destroy();
    js_sys::Reflect::set(&js_sys::global(), &"reportError".into(), &report).unwrap();
    host.remove();
}

#[wasm_bindgen_test]
async fn a_refused_socket_is_a_lost_one() {
    fake();
    js_sys::Reflect::set(&fake(), &"refuseSockets".into(), &JsValue::TRUE).unwrap();
    let page = Page::plain();
    let created = page.call("create", &[]);
    settle().await;
    js_sys::Reflect::set(&fake(), &"refuseSockets".into(), &JsValue::FALSE).unwrap();
    page.widget.destroy();
    assert!(JsFuture::from(created).await.is_err());
}

#[wasm_bindgen_test]
async fn drafts_and_unsent_texts_survive_and_other_users_never_see_them() {
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    storage.clear().unwrap();
    let page = Page::connected(&options("{}")).await;
    assert_eq!(storage.length().unwrap(), 0, "nothing is written before there is something to keep");
    let _sent = page.call("composeMessage", &["bob".into(), "unsent".into(), JsValue::TRUE]);
    turn().await;
    let keys: Vec<_> =
        (0..storage.length().unwrap()).map(|index| storage.key(index).unwrap().unwrap()).collect();
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert!(keys[0].starts_with("bandyer:https://chat.example:anna:unsent:"), "{keys:?}");
    // Another tab's, and another user's.
    storage.set_item("bandyer:https://chat.example:anna:draft:anna#bob", "half a thou").unwrap();
    storage.set_item("bandyer:https://chat.example:ann:draft:anna#bob", "not mine").unwrap();
    storage.set_item("bandyer:https://chat.example:anna:unsent:broken", "{").unwrap();
    drop(page);

    let page = Page::connected(&options("{}")).await;
    let texts: Vec<_> = requests()
        .into_iter()
        .filter_map(|request| match request.msg {
            ClientMessage::Chat(ChatRequest::SendMessage { body, chat: of, .. }) if of == chat() => {
                Some(body.as_text().to_owned())
            }
            _ => None,
        })
        .collect();
    assert_eq!(texts, ["unsent"], "sent again after the reload");
    let _ = page.call("selectChat", &["bob".into()]);
    let _ = page.call("openWidget", &[]);
    let draft = || {
        let composer = page.root().query_selector("[data-testid=composer]").unwrap();
        composer.map(|composer| text(&composer, "value")).unwrap_or_default()
    };
    eventually("the draft is back", || draft() == "half a thou").await;
    storage.clear().unwrap();
    drop(page);
}

#[wasm_bindgen_test]
async fn what_another_page_kept_is_read_before_anything_is_written_over_it() {
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    storage.clear().unwrap();
    let page = Page::connected(&options("{}")).await;
    let draft = "bandyer:https://chat.example:anna:draft:anna#bob";
    let compose = |text: &str| page.call("composeMessage", &["bob".into(), text.into(), JsValue::FALSE]);
    JsFuture::from(compose("first")).await.unwrap();
    assert_eq!(storage.get_item(draft).unwrap().unwrap(), "first");
    storage.set_item(draft, "of another page").unwrap();
    JsFuture::from(compose("mine")).await.unwrap();
    assert_eq!(storage.get_item(draft).unwrap().unwrap(), "of another page");
    eventually("both are there", || storage.get_item(draft).unwrap().unwrap() != "of another page").await;
    assert_eq!(storage.get_item(draft).unwrap().unwrap(), "of another page\nmine");

    // Of the next life of the chat, written by a page that was quicker.
    storage.set_item(draft, "newer").unwrap();
    storage.set_item("bandyer:https://chat.example:anna:unsent:x", "another's").unwrap();
    let step = Some(CursorStep { prev: Cursor(7), cursor: Cursor(8) });
    let removed = ServerMessage::Chat(ChatNews::Removed { chat: chat() });
    let envelope = ServerEnvelope { v: PROTOCOL_VERSION, re: None, step, msg: removed };
    play("message", &serde_json::to_string(&envelope).unwrap()).await;
    assert_eq!(storage.get_item(draft).unwrap().unwrap(), "newer");
    assert_eq!(storage.length().unwrap(), 2);
    storage.clear().unwrap();
}

#[wasm_bindgen_test]
async fn where_storage_is_denied_everything_else_works() {
    let deny = function(
        "() => { const own = Object.getOwnPropertyDescriptor(window, 'localStorage');
            Object.defineProperty(window, 'localStorage', { configurable: true, get() { throw new DOMException('denied', 'SecurityError') } });
            return () => Object.defineProperty(window, 'localStorage', own); }",
    );
    let restore = deny.unchecked_ref::<js_sys::Function>().call0(&JsValue::UNDEFINED).unwrap();
    let page = Page::connected(&options("{}")).await;
    let _sent = page.call("composeMessage", &["bob".into(), "still".into(), JsValue::TRUE]);
    turn().await;
    restore.unchecked_ref::<js_sys::Function>().call0(&JsValue::UNDEFINED).unwrap();
    assert!(
        requests()
            .iter()
            .any(|request| matches!(request.msg, ClientMessage::Chat(ChatRequest::SendMessage { .. })))
    );
}

/// Everything a page could be left with: elements, listeners, object URLs, references to its objects, memory.
fn leftovers() -> [f64; 5] {
    let document = web_sys::window().unwrap().document().unwrap();
    let fake = fake();
    [
        document.query_selector_all("*").unwrap().length().into(),
        number(&fake, "listeners"),
        number(&get(&fake, "urls"), "size"),
        wasm_bindgen::externref_heap_live_count().into(),
        number(&get(&wasm_bindgen::memory(), "buffer"), "byteLength"),
    ]
}

async fn leaves_nothing(rounds: u32, round: impl AsyncFn()) {
    for _ in 0..30 {
        round().await;
    }
    let before = leftovers();
    for _ in 0..rounds {
        round().await;
    }
    let after = leftovers();
    assert_eq!(before[..4], after[..4], "elements, listeners, object URLs, references");
    let grown = after[4] - before[4];
    assert!(grown <= 2.0 * 65_536.0, "the memory grew by {grown} bytes");
}

#[wasm_bindgen_test]
async fn a_thousand_widgets_leave_nothing_behind() {
    leaves_nothing(1000, async || {
        let page = Page::plain();
        let _never = page.call("create", &[]);
        turn().await;
        drop(page);
        turn().await;
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_widget_that_was_used_leaves_nothing_either() {
    leaves_nothing(100, async || {
        let page = Page::connected(&options("{}")).await;
        let _ = page.call("openWidget", &[]);
        let _ = page.call("selectChat", &["bob".into()]);
        turn().await;
        page.widget.destroy();
        turn().await;
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_widget_that_never_came_to_be_painted_leaves_nothing() {
    leaves_nothing(100, async || {
        drop(Page::plain());
        turn().await;
    })
    .await;
}
