//! The host's provider and formatter, well-behaved and not.

use crate::page::{Page, eventually, function, get, options, profile, settle, turn};
use bandyer_chat_widget::services::user_details::{HostFunctions, UserDetails};
use bandyer_core::action::DetailsEvent;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

/// The name a row of the chat list shows.
fn row_name(page: &Page) -> String {
    let row = page.root().query_selector("[data-testid=row-name]").unwrap();
    row.and_then(|row| row.text_content()).unwrap_or_default()
}

async fn open(more: &str) -> Page {
    let page = Page::connected(&options(more)).await;
    let _ = page.call("openWidget", &[]);
    eventually("a row has a name", || !row_name(&page).is_empty()).await;
    // And the names that the host's functions give come with promises, which need no timer.
    settle().await;
    page
}

fn recorded(key: &str) -> String {
    let value = get(&js_sys::global(), key);
    let value: JsValue = js_sys::JSON::stringify(&value).map_or(JsValue::NULL, Into::into);
    value.as_string().unwrap_or_default()
}

#[wasm_bindgen_test]
async fn without_host_functions_the_alias_is_shown() {
    assert_eq!(row_name(&open("{}").await), "bob");
}

#[wasm_bindgen_test]
async fn the_formatter_names_users_from_platform_data() {
    let page = open("{ userDetailsFormatter: (user) => user.firstName + '/' + user.userAlias }").await;
    assert_eq!(row_name(&page), "First-bob/bob");
}

#[wasm_bindgen_test]
async fn the_provider_is_asked_once_for_all_and_adds_to_the_platform_data() {
    js_sys::Reflect::set(&js_sys::global(), &"asked".into(), &function("[]")).unwrap();
    js_sys::Reflect::set(&js_sys::global(), &"formatted".into(), &function("[]")).unwrap();
    let page = open(
        "{ userDetailsProvider: async (aliases) => { asked.push(aliases); return [{ firstName: 'nobody' }, null, 7,
                { userAlias: 'bob', nick: 'Bobby' }, { userAlias: 'stranger' }] },
           userDetailsFormatter: (user) => { formatted.push(user); return user.nick || user.firstName } }",
    )
    .await;
    assert_eq!(row_name(&page), "Bobby");
    let asked = recorded("asked");
    assert!(asked == r#"[["bob","anna"]]"# || asked == r#"[["anna","bob"]]"#, "{asked}");
    let formatted = recorded("formatted");
    assert_eq!(
        formatted.matches(r#""userAlias":"bob""#).count(),
        2,
        "with the default, then with the data: {formatted}"
    );
}

#[wasm_bindgen_test]
async fn whatever_the_host_functions_do_the_alias_is_there() {
    for (provider, formatter) in [
        ("() => { throw new Error('no') }", "() => { throw new Error('no') }"),
        ("() => Promise.reject('no')", "() => 42"),
        ("() => 'text'", "() => null"),
        ("async () => ({ userAlias: 'bob' })", "() => Promise.resolve('late')"),
        ("() => new Promise(() => {})", "() => '  '"),
        ("async () => [{ get userAlias() { throw new Error('no') } }]", "() => ({})"),
        ("async () => [{ userAlias: 'bob', get image() { throw new Error('no') } }]", "() => undefined"),
        (
            "async () => new Proxy([1, 2], { get() { throw new Error('no') } })",
            "(user) => user.nothing.at.all",
        ),
        (
            "() => ({ get then() { throw new Error('no') } })",
            "(user) => { delete user.userAlias; user.image = 5 }",
        ),
    ] {
        let page =
            open(&format!("{{ userDetailsProvider: {provider}, userDetailsFormatter: {formatter} }}")).await;
        assert_eq!(row_name(&page), "bob", "{provider} {formatter}");
    }
}

#[wasm_bindgen_test]
async fn an_answer_after_1200_ms_is_dropped_for_good() {
    let page = open(
        "{ userDetailsProvider: (aliases) => new Promise((answer) => setTimeout(() => {
                answer(aliases.map((userAlias) => ({ userAlias, nick: 'late' })));
                window.late = true;
            }, 1400)),
           userDetailsFormatter: (user) => user.nick || 'early' }",
    )
    .await;
    assert_eq!(row_name(&page), "early");
    eventually("the late answer", || get(&js_sys::global(), "late").is_truthy()).await;
    settle().await;
    assert_eq!(row_name(&page), "early");
}

#[wasm_bindgen_test]
async fn in_a_frame_the_formatter_may_answer_later() {
    let env = function("{ serverUrl: 'https://chat.example', framed: true }");
    let page =
        Page::with(&options("{ userDetailsFormatter: async (user) => 'Dear ' + user.userAlias }"), &env);
    page.connect().await;
    let _ = page.call("openWidget", &[]);
    eventually("the answer", || row_name(&page) == "Dear bob").await;
}

#[wasm_bindgen_test]
async fn only_pictures_are_pictures() {
    for (image, shown) in [
        ("'javascript:alert(1)'", None),
        ("'data:text/html,<script>'", None),
        ("'file:///etc/passwd'", None),
        ("5", None),
        ("''", None),
        ("'https://cdn.example/a.png'", Some("https://cdn.example/a.png")),
        ("'data:image/png;base64,AAAA'", Some("data:image/png;base64,AAAA")),
    ] {
        let provider = function(&format!("async () => [{{ userAlias: 'bob', image: {image} }}]"));
        let host = HostFunctions { provider: provider.dyn_into().ok(), ..HostFunctions::default() };
        let seen: Rc<RefCell<Vec<Option<String>>>> = Rc::default();
        let log = Rc::clone(&seen);
        let details = UserDetails::new("https://chat.example", host, move |event| {
            let DetailsEvent::Resolved { image, .. } = event;
            log.borrow_mut().push(image);
        });
        let mut bob = profile("bob");
        details.describe(vec![bob.clone()]);
        turn().await;
        assert_eq!(*seen.borrow(), [None, shown.map(str::to_owned)], "{image}");
        // Asked again, what is known is used: the platform's own picture comes second.
        bob.image = Some("/client/avatars/1".to_owned());
        details.describe(vec![bob]);
        let platform = "https://chat.example/client/avatars/1";
        assert_eq!(seen.borrow().last().unwrap().as_deref(), Some(shown.unwrap_or(platform)), "{image}");
    }
}
