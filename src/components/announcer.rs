//! What screen readers are told beside what has focus: new messages and the state of the line, politely. It stands
//! beside the launcher, because a closed panel is silent; and it adds a line for each piece of news, because a line
//! that only changes its words to the same words is not news.

use crate::hooks::{use_selector, use_store};
use crate::i18n::{I18n, Text, use_i18n};
use crate::store::Store;
use bandyer_core::{State, select};
use bandyer_protocol::{ChatId, Seq};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use yew::prelude::*;

/// Lines that stay in the document; screen readers read what is added, and not what goes.
const KEPT: usize = 5;
/// A longer message is read out up to here, in characters.
const LONGEST: usize = 400;

#[derive(Default)]
struct Said {
    next: u32,
    lines: VecDeque<(u32, AttrValue)>,
    last: Option<(ChatId, Seq)>,
}

impl Said {
    fn say(&mut self, line: AttrValue) {
        self.lines.push_back((self.next, line));
        self.next = self.next.wrapping_add(1);
        if self.lines.len() > KEPT {
            self.lines.pop_front();
        }
    }

    /// Takes in a message that came since; false when none did.
    fn hear(&mut self, state: &State) -> bool {
        let Some(message) = select::last_received(state) else { return false };
        let place = Some((message.chat.clone(), message.seq));
        if self.last == place {
            return false;
        }
        self.last = place;
        let text: String = message.body.as_text().chars().take(LONGEST).collect();
        self.say([state.users.name(&message.sender), ": ", &text].concat().into());
        true
    }
}

#[component]
pub fn Announcer() -> Html {
    let i18n = use_i18n();
    let said = use_mut_ref(Said::default);
    use_messages(&said);
    use_line(&i18n, &said);
    let lines =
        said.borrow().lines.iter().map(|(key, line)| html! { <p key={*key}>{ line }</p> }).collect::<Html>();
    html! {
        <div class="bw-said" aria-live="polite" aria-relevant="additions" data-testid="announcer">{ lines }</div>
    }
}

/// Every message, also when several come before the next rendering.
#[hook]
fn use_messages(said: &Rc<RefCell<Said>>) {
    let (store, said, again) = (use_store(), said.clone(), use_force_update());
    use_effect_with(store, move |store: &Store| {
        let state = store.clone();
        let subscription = store.subscribe(move || {
            if said.borrow_mut().hear(&state.state()) {
                again.force_update();
            }
        });
        move || drop(subscription)
    });
}

/// Says nothing before the line was lost for the first time.
#[hook]
fn use_line(i18n: &I18n, said: &Rc<RefCell<Said>>) {
    let offline = use_selector(select::network_down);
    let was = use_mut_ref(|| false);
    if was.replace(offline) != offline {
        let text = if offline { Text::NetworkOffline } else { Text::NetworkOnline };
        said.borrow_mut().say(i18n.text(text));
    }
}
