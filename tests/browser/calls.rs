//! What the views of calls show, and what a press in them sends.

use crate::page::{Page, alias, evaluate, eventually, options, profile, requests, serve, settle, turn};
use bandyer_protocol::{
    Call, CallAlias, CallNews, CallRequest, CallTerms, CallType, ClientMessage, Dial, ServerMessage,
    StopReason, Timestamp,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, Event, HtmlElement};

fn room() -> CallAlias {
    CallAlias::parse("room_1").unwrap()
}

fn dial(call_type: CallType) -> ServerMessage {
    let terms = CallTerms { call_type, ..CallTerms::default() };
    let call = Call {
        call: room(),
        initiator: Some(alias("bob")),
        participants: [alias("bob"), alias("anna")],
        call_type: terms.call_type,
        record: false,
        recording_type: terms.recording_type,
        live: true,
        created_at: Timestamp(1_700_000_000_000),
    };
    ServerMessage::Call(CallNews::Dialed(Box::new(Dial { call, caller: profile("bob") })))
}

/// Bob calls Anna.
async fn rung(more: &str, call_type: CallType) -> Page {
    let page = Page::connected(&options(more)).await;
    serve(None, dial(call_type)).await;
    eventually("it rings", || find(&page, "dial-view").is_some()).await;
    // The focus comes with the frame after.
    settle().await;
    page
}

fn find(page: &Page, testid: &str) -> Option<Element> {
    page.root().query_selector(&format!("[data-testid=\"{testid}\"]")).unwrap()
}

async fn press(page: &Page, testid: &str) {
    find(page, testid).unwrap().dyn_into::<HtmlElement>().unwrap().click();
    turn().await;
}

fn sent(wanted: impl Fn(&ClientMessage) -> bool) -> usize {
    requests().iter().filter(|request| wanted(&request.msg)).count()
}

fn accepts() -> usize {
    sent(
        |message| matches!(message, ClientMessage::Call(CallRequest::Accept { call, .. }) if *call == room()),
    )
}

fn declines() -> usize {
    sent(
        |message| matches!(message, ClientMessage::Call(CallRequest::Decline { call, .. }) if *call == room()),
    )
}

#[wasm_bindgen_test]
async fn a_ring_says_who_calls_and_takes_focus_without_a_button_having_it() {
    let page = rung("{}", CallType::AudioOnly).await;
    let view = find(&page, "dial-view").unwrap();
    assert_eq!(view.get_attribute("role").as_deref(), Some("alertdialog"));
    let described = |attribute: &str| {
        let id = view.get_attribute(attribute).unwrap();
        page.root().get_element_by_id(&id).unwrap().text_content().unwrap()
    };
    assert!(described("aria-labelledby").contains("bob"), "{}", described("aria-labelledby"));
    assert!(!described("aria-describedby").is_empty());
    assert_eq!(
        page.root().active_element().as_ref(),
        Some(&view),
        "Enter would accept or decline by accident"
    );
}

#[wasm_bindgen_test]
async fn accept_is_sent_once_and_the_buttons_give_way_to_one_that_stops() {
    let page = rung("{}", CallType::AudioOnly).await;
    press(&page, "dial-accept").await;
    eventually("the buttons are gone", || find(&page, "dial-accept").is_none()).await;
    settle().await;
    assert_eq!((accepts(), declines()), (1, 0));
    assert!(find(&page, "dial-accept").is_none() && find(&page, "dial-decline").is_none());
}

#[wasm_bindgen_test]
async fn decline_is_sent_and_the_chat_is_back() {
    let page = rung("{}", CallType::AudioVideo).await;
    press(&page, "dial-decline").await;
    eventually("the ring is gone", || find(&page, "dial-view").is_none()).await;
    assert_eq!((accepts(), declines()), (0, 1));
    assert!(find(&page, "dial-view").is_none());
}

#[wasm_bindgen_test]
async fn escape_does_not_decline() {
    let page = rung("{}", CallType::AudioVideo).await;
    let code = "new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true })";
    let event: Event = evaluate(code).unchecked_into();
    find(&page, "dial-view").unwrap().dispatch_event(&event).unwrap();
    settle().await;
    assert_eq!((accepts(), declines()), (0, 0));
    assert!(find(&page, "dial-accept").is_some(), "it rings on");
}

#[wasm_bindgen_test]
async fn a_ring_that_stops_elsewhere_leaves_nothing_and_a_hidden_widget_hidden() {
    let page = rung("{ hidden: true }", CallType::AudioOnly).await;
    let hidden = || page.root().query_selector("[hidden] [data-testid=panel]").unwrap().is_some();
    assert!(find(&page, "dial-view").is_some() && !hidden(), "a ring shows a hidden widget");
    let stopped = ServerMessage::Call(CallNews::Stopped {
        call: room(),
        by: alias("bob"),
        reason: StopReason::AnsweredOnAnotherDevice,
    });
    serve(None, stopped).await;
    eventually("the ring is gone", || find(&page, "dial-view").is_none()).await;
    settle().await;
    assert!(find(&page, "dial-view").is_none() && find(&page, "call-view").is_none());
    assert!(hidden());
}

#[wasm_bindgen_test]
async fn the_type_of_calls_decides_which_buttons_a_conversation_has() {
    for (call_type, audio, video) in
        [("audio_only", true, false), ("audio_upgradable", true, false), ("audio_video", true, true)]
    {
        let page = Page::connected(&options(&format!("{{ callType: '{call_type}' }}"))).await;
        wasm_bindgen_futures::JsFuture::from(page.call("selectChat", &["bob".into()])).await.unwrap();
        wasm_bindgen_futures::JsFuture::from(page.call("openWidget", &[])).await.unwrap();
        let there = |testid: &str| find(&page, testid).is_some();
        eventually("the conversation is there", || there("header-call-audio")).await;
        settle().await;
        assert_eq!((there("header-call-audio"), there("header-call-video")), (audio, video), "{call_type}");
        assert!(!there("back-to-call"), "there is no call to go back to");
    }
}
