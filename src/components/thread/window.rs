//! The scrolled list of messages. Only the rows in view and a few around them are in the document.

use super::message::{MessageRow, day_divider, unread_divider};
use super::view_port::{Seen, ViewPort};
use crate::components::screen::use_minute;
use crate::hooks::{use_dispatch, use_store};
use crate::i18n::{I18n, Text, use_i18n};
use bandyer_core::action::{ChatAction, UserAction};
use bandyer_core::calendar::Day;
use bandyer_core::chats::{Row, RowKey, Rows};
use bandyer_protocol::{ChatId, Seq, Timestamp};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, IntersectionObserver, IntersectionObserverEntry, ResizeObserver};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct WindowProps {
    pub chat: ChatId,
    pub rows: Rows,
    pub peer_name: AttrValue,
    /// The other person is writing.
    pub typing: bool,
    /// Counts the presses of the jump-down button; each leads to the newest message.
    pub jumps: u32,
}

/// What outlives a rendering.
struct Engine {
    view_port: RefCell<ViewPort>,
    rows: RefCell<Rows>,
    /// What was said last of the scroll position: at its end, and the lowest message in view.
    said: Cell<Option<(bool, Option<Seq>)>>,
    /// The thread is inside what the window shows of the page around it.
    in_view: Cell<bool>,
    scroller: NodeRef,
    content: NodeRef,
    list: NodeRef,
}

#[component]
pub fn Window(props: &WindowProps) -> Html {
    let i18n = use_i18n();
    let (scroller, content, list) = (use_node_ref(), use_node_ref(), use_node_ref());
    let engine = use_memo((), |()| Engine {
        view_port: RefCell::default(),
        rows: RefCell::new(props.rows.clone()),
        said: Cell::new(None),
        in_view: Cell::new(false),
        scroller: scroller.clone(),
        content: content.clone(),
        list: list.clone(),
    });
    *engine.rows.borrow_mut() = props.rows.clone();
    let report = use_report(&engine, props);
    use_jump(&engine, props.jumps);
    let range = engine.view_port.borrow_mut().adapt(&props.rows);
    let (above, below) = engine.view_port.borrow().spaces();
    use_settling(&engine, &report);
    use_coming_into_view(&engine, &report);

    let onscroll = {
        let (engine, report) = (engine.clone(), report.clone());
        Callback::from(move |_: Event| {
            if let Some(seen) = engine.look(ViewPort::scrolled) {
                report.emit(seen);
            }
        })
    };
    let now = use_minute();
    let today = use_store().state().options.time_zone.day(now);
    let rows = range.filter_map(|position| row(&i18n, props, position, now, today)).collect::<Html>();
    html! {
        <div ref={scroller} class="scroller bw-scroll" tabindex="0" role="log" aria-live="off" {onscroll}
            aria-label={i18n.with(Text::ThreadLabel, "name", &props.peer_name)} data-testid="thread" part="thread">
            <div ref={content} class="content">
                <div ~style={height(above)} />
                <div ref={list} class="list" role="list">{ rows }</div>
                <div ~style={height(below)} />
                { writing(&i18n, props.typing) }
            </div>
        </div>
    }
}

/// Three dots while the other person is writing.
fn writing(i18n: &I18n, active: bool) -> Html {
    html! {
        <div class="writing" role="status">
            if active {
                <span class="dots" data-testid="typing">
                    <i /><i /><i /><span class="bw-said">{ i18n.text(Text::StatusTyping) }</span>
                </span>
            }
        </div>
    }
}

impl Engine {
    fn look(&self, how: impl FnOnce(&mut ViewPort, &HtmlElement, &Element, &Rows) -> Seen) -> Option<Seen> {
        let (scroller, list) = (self.scroller.cast::<HtmlElement>()?, self.list.cast::<Element>()?);
        Some(how(&mut self.view_port.borrow_mut(), &scroller, &list, &self.rows.borrow()))
    }
}

fn height(pixels: f64) -> String {
    // Heights are sums of whole pixels.
    #[expect(clippy::cast_possible_truncation, reason = "as said")]
    let whole = pixels.round() as i64;
    format!("block-size:{whole}px")
}

/// Passes on what a look at the scroll position showed, each piece of news once.
#[hook]
fn use_report(engine: &Rc<Engine>, props: &WindowProps) -> Callback<Seen> {
    let dispatch = use_dispatch();
    let again = use_force_update();
    let (engine, chat) = (engine.clone(), props.chat.clone());
    let report = use_memo((), move |()| {
        Callback::from(move |seen: Seen| {
            if seen.stale {
                again.force_update();
            }
            let Seen { at_bottom, .. } = seen;
            let lowest = seen.lowest.filter(|_| engine.in_view.get());
            if engine.said.replace(Some((at_bottom, lowest))) != Some((at_bottom, lowest)) {
                let looked = ChatAction::Looked { chat: chat.clone(), at_bottom, lowest };
                dispatch.emit(UserAction::Chat(looked));
            }
            let wants_older = {
                let rows = engine.rows.borrow();
                let thread = rows.thread();
                seen.near_top && !thread.reached_start && !thread.loading_older && !thread.stored.is_empty()
            };
            if wants_older {
                dispatch.emit(UserAction::Chat(ChatAction::NeedOlder { chat: chat.clone() }));
            }
        })
    });
    (*report).clone()
}

#[hook]
fn use_jump(engine: &Rc<Engine>, jumps: u32) {
    let engine = engine.clone();
    let known = use_mut_ref(|| jumps);
    if known.replace(jumps) != jumps {
        engine.view_port.borrow_mut().stick_to_bottom();
    }
}

/// Learns whether the thread is in view of the window at all: a page may hold its widget far below what one sees.
#[hook]
fn use_coming_into_view(engine: &Rc<Engine>, report: &Callback<Seen>) {
    let (engine, report) = (engine.clone(), report.clone());
    use_effect_with((), move |()| {
        let watched = engine.clone();
        let on_change = Closure::<dyn FnMut(Vec<IntersectionObserverEntry>)>::new(
            move |entries: Vec<IntersectionObserverEntry>| {
                let Some(entry) = entries.last() else { return };
                watched.in_view.set(entry.is_intersecting());
                if let Some(seen) = watched.look(ViewPort::settle) {
                    report.emit(seen);
                }
            },
        );
        let observer = IntersectionObserver::new(on_change.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(element)) = (&observer, engine.scroller.cast::<Element>()) {
            observer.observe(&element);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(on_change);
        }
    });
}

/// Puts everything in its place after each rendering, and whenever rows or the room for them change their size.
#[hook]
fn use_settling(engine: &Rc<Engine>, report: &Callback<Seen>) {
    {
        let (engine, report) = (engine.clone(), report.clone());
        use_effect(move || {
            if let Some(seen) = engine.look(ViewPort::settle) {
                report.emit(seen);
            }
        });
    }
    let (engine, report) = (engine.clone(), report.clone());
    use_effect_with((), move |()| {
        let watched = engine.clone();
        let on_resize = Closure::<dyn FnMut()>::new(move || {
            if let Some(seen) = watched.look(ViewPort::settle) {
                report.emit(seen);
            }
        });
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            for node in [&engine.scroller, &engine.content, &engine.list] {
                if let Some(element) = node.cast::<Element>() {
                    observer.observe(&element);
                }
            }
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(on_resize);
        }
    });
}

fn row(i18n: &I18n, props: &WindowProps, position: usize, now: Timestamp, today: Day) -> Option<Html> {
    let rows = &props.rows;
    let (row, key) = (rows.get(position)?, key(&rows.key(position)?));
    Some(match row {
        Row::Day(day) => day_divider(i18n, key, day, today),
        Row::Unread => unread_divider(i18n, key),
        Row::Stored(_) | Row::Outgoing(_) => {
            let picture = match &row {
                Row::Stored(message) => {
                    rows.thread().pictures.get(&message.seq).cloned().map(AttrValue::from)
                }
                Row::Day(_) | Row::Unread | Row::Outgoing(_) => None,
            };
            let tick = rows.tick(&row);
            let mine = tick.is_some();
            let joins = |other: Option<Row>| other.is_some_and(|other| belong_together(rows, &row, &other));
            let follows = position.checked_sub(1).is_some_and(|above| joins(rows.get(above)));
            let leads = joins(rows.get(position + 1));
            html! {
                <MessageRow {key} chat={props.chat.clone()} {row} {tick} {mine} {follows} {leads} {picture} {now}
                    peer_name={props.peer_name.clone()} />
            }
        }
    })
}

/// Messages of one person within this time form a group.
const GROUP_MS: i64 = 5 * 60_000;

fn belong_together(rows: &Rows, a: &Row, b: &Row) -> bool {
    let author = |row: &Row| match row {
        Row::Day(_) | Row::Unread => None,
        Row::Stored(message) => Some((rows.is_mine(message), message.at)),
        Row::Outgoing(outgoing) => Some((true, outgoing.at)),
    };
    matches!((author(a), author(b)), (Some((a, then)), Some((b, now))) if a == b && then.since(now).abs() < GROUP_MS)
}

fn key(key: &RowKey) -> String {
    let id = |kind: &str, id: &str| [kind, id].concat();
    match key {
        RowKey::Day(seq) => format!("d{}", seq.0),
        RowKey::DayOfOutgoing(client) => id("e", client.as_str()),
        RowKey::Unread => "u".to_owned(),
        RowKey::Theirs(seq) => format!("t{}", seq.0),
        RowKey::Mine(client) => id("m", client.as_str()),
    }
}
