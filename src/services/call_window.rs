//! The window of a call, opened and spoken to by `loader/call-window.js`: a script is a fraction of what this would be, and
//! the loader has the messages between pages anyway.

use crate::js::{get, object};
use crate::store::Store;
use bandyer_core::State;
use bandyer_core::action::{Action, WindowBlock, WindowEvent};
use bandyer_core::effect::WindowCommand;
use bandyer_protocol::{CallAlias, UserAlias};
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

pub struct CallWindows {
    store: Store,
    opener: JsValue,
    /// Told when the person closes the window.
    closed: Closure<dyn Fn()>,
}

impl CallWindows {
    pub fn new(store: Store, opener: JsValue) -> Self {
        let told = store.clone();
        let closed = Closure::new(move || told.dispatch(Action::Window(WindowEvent::Closed)));
        Self { store, opener, closed }
    }

    pub fn run(&self, command: WindowCommand) {
        match command {
            WindowCommand::Open => self.opened(self.ask("open", &self.told())),
            // Nothing is said of one that is there.
            WindowCommand::Focus => match self.ask("focus", &self.told()) {
                Some(found) if found.is_undefined() => {}
                opened => self.opened(opened),
            },
            WindowCommand::Admit { call } => {
                let state = self.store.state();
                let token = state.session.token.as_str().into();
                self.ask("admit", &Array::of3(&token, &call.as_str().into(), &people(&state, &call)));
            }
            WindowCommand::Close => {
                self.ask("close", &Array::new());
            }
        }
    }

    fn told(&self) -> Array {
        Array::of1(self.closed.as_ref())
    }

    fn opened(&self, answer: Option<JsValue>) {
        let event = match answer.and_then(|answer| answer.as_string()).as_deref() {
            Some("") => WindowEvent::Opened,
            Some("sandbox") => WindowEvent::Blocked(WindowBlock::Sandbox),
            Some(_) | None => WindowEvent::Blocked(WindowBlock::Blocker),
        };
        self.store.dispatch(Action::Window(event));
    }

    /// `None` when it threw, or nobody opens windows here.
    fn ask(&self, method: &str, arguments: &Array) -> Option<JsValue> {
        let method: Function = get(&self.opener, method).dyn_into().ok()?;
        Reflect::apply(&method, &self.opener, arguments).ok()
    }
}

/// The two of the call, as this page names and shows them.
fn people(state: &State, call: &CallAlias) -> JsValue {
    let info = state.calls.info().filter(|info| &info.call.call == call);
    let person = |alias: &UserAlias| {
        let image = state.users.get(alias).and_then(|user| user.image.clone());
        object([
            ("userAlias", alias.as_str().into()),
            ("name", state.users.name(alias).into()),
            ("image", image.map_or(JsValue::NULL, JsValue::from)),
        ])
    };
    info.iter().flat_map(|info| info.call.participants.iter().map(person)).collect::<Array>().into()
}
