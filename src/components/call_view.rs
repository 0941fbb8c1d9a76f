//! The call: the other side's picture, one's own, and everything that can be done meanwhile.

mod controls;
mod desk;
mod files;
mod pip;
mod problems;
mod screen_menu;
mod settings;
mod sheet;
mod stage;
mod status;

use super::person::myself;
use super::screen::{focus, has_the_page, use_dialog_told, use_screen};
use crate::hooks::{Shared, use_desk, use_dispatch, use_files, use_selector, use_stream, use_styles};
use crate::i18n::{I18n, Text, use_i18n};
use crate::styles::Styles;
use bandyer_core::action::{CallAction, UserAction};
use bandyer_core::calls::{Active, Calls, Link, MediaSlot, Stage};
use bandyer_core::options::Options;
use bandyer_core::select::Person;
use bandyer_core::{State, select};
use bandyer_protocol::Tool;
use desk::Desk;
pub use desk::is_inside as is_in_desk;
use problems::use_trouble;
use stage::{Present, place};
use status::use_clock;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ShadowRoot};
use yew::prelude::*;

/// What the view shows.
#[derive(Clone, PartialEq)]
struct Scene {
    calls: Shared<Calls>,
    options: Shared<Options>,
    peer: Option<Person>,
    me: Option<Person>,
    unread: u32,
    can_video: bool,
    offline: bool,
    upload_limit: u64,
}

fn scene(state: &State) -> Scene {
    Scene {
        calls: Shared::from(&state.calls),
        options: Shared::from(&state.options),
        peer: select::call_peer(state),
        me: myself(state),
        unread: u32::try_from(select::unread_chats(state)).unwrap_or(u32::MAX),
        can_video: select::can_video(state),
        offline: select::network_down(state),
        upload_limit: state.session.limits.upload_bytes,
    }
}

/// What lies over the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Nothing,
    ScreenMenu,
    Settings,
    /// Without a tab it is the one that has something.
    Files(Option<Tab>),
}

/// Which files are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Given,
    Received,
}

/// What the parts of the view draw with.
struct Kit<'a> {
    i18n: &'a I18n,
    styles: &'a Styles,
    dispatch: &'a Callback<UserAction>,
    scene: &'a Scene,
    active: &'a Active,
    open: &'a Callback<Over>,
    /// For the parts that take focus when they come.
    node: &'a NodeRef,
    root: &'a NodeRef,
    /// There is a larger size than this.
    grows: bool,
    /// The whiteboard stands where the pictures are otherwise.
    board: &'a UseStateHandle<bool>,
    /// It has the room it needs, and may be used.
    can_board: bool,
}

impl Kit<'_> {
    fn text(&self, text: Text) -> AttrValue {
        self.i18n.text(text)
    }

    fn act(&self, action: CallAction) -> Callback<MouseEvent> {
        self.dispatch.reform(move |_: MouseEvent| UserAction::Call(action.clone()))
    }

    fn opener(&self, over: Over) -> Callback<MouseEvent> {
        self.open.reform(move |_: MouseEvent| over)
    }

    fn peer_name(&self) -> AttrValue {
        self.scene.peer.as_ref().map(|peer| AttrValue::from(peer.name.clone())).unwrap_or_default()
    }

    fn about_peer(&self, text: Text) -> AttrValue {
        self.i18n.with(text, "name", &self.peer_name())
    }
}

#[component]
pub fn CallView() -> Html {
    let (i18n, styles) = (use_i18n(), use_styles());
    let (dispatch, picked) = (use_dispatch(), use_files());
    let scene = use_selector(scene);
    let screen = use_screen();
    let previewed = use_stream(MediaSlot::Preview).is_some();
    let bare = use_state_eq(|| false);
    let board = use_state_eq(|| false);
    let link = use_desk();
    let (node, over_node) = (use_node_ref(), use_node_ref());
    let (over, open) = use_over(&node, &over_node, &dispatch);
    let hear = use_focus_while(scene.calls.playback_blocked, &node);
    let covered = over != Over::Nothing || scene.calls.playback_blocked;
    use_dialog_told(covered);
    let trouble = use_trouble(&scene.calls.local);
    let clock = use_clock(&scene, &i18n);
    let Stage::Active(active) = &scene.calls.stage else { return Html::default() };

    let kit = Kit {
        i18n: &i18n,
        styles: &styles,
        dispatch: &dispatch,
        scene: &scene,
        active,
        open: &open,
        node: &over_node,
        root: &node,
        grows: screen.grows,
        board: &board,
        can_board: can_board(&scene, !screen.grows || has_the_page(&styles.host())) && link.is_known(),
    };
    let on_board = *board && kit.can_board;
    let places = place(Present::of(&scene, active), on_board);
    let live = !on_board && stage::is_live(&kit, places.main);
    let classes = classes!(
        sheet::classes(&styles),
        live.then_some("live"),
        (over != Over::Nothing).then_some("held"),
        bare.then_some("bare"),
        screen.filled.then_some("filled"),
        scene.calls.full_screen.then_some("full"),
        on_board.then_some("on-board")
    );
    let onkeydown = {
        let (open, dispatch, full) = (open.clone(), dispatch.clone(), scene.calls.full_screen);
        Callback::from(move |event: KeyboardEvent| on_key(&event, over, full, &open, &dispatch))
    };
    let ontap = Callback::from(move |_: MouseEvent| bare.set(!*bare));
    html! {
        <div ref={&node} class={classes} role="region" aria-label={kit.about_peer(Text::CallLabel)} tabindex="-1"
            part="call" data-testid="call-view" data-link={link_word(active.link)} {onkeydown}>
            <div class="behind" inert={covered}>
                if on_board { <Desk /> } else { { stage::main(&kit, places.main, ontap) } }
                { stage::side(&kit, &places.side) }
                { status::overlay(&kit) }
                <div class="top">
                    { status::pill(&kit, clock) }
                    { controls::top(&kit, live) }
                </div>
                { controls::bottom(&kit) }
                <div class="notes">
                    { status::chips(&kit) }
                    { problems::card(&kit, &trouble) }
                    { status::snack(&kit, trouble.about) }
                </div>
            </div>
            { match over {
                _ if scene.calls.playback_blocked => problems::playback(&kit, hear),
                Over::Nothing => Html::default(),
                Over::ScreenMenu => screen_menu::menu(&kit),
                Over::Settings => settings::dialog(&kit, previewed),
                Over::Files(tab) => files::dialog(&kit, tab, &picked),
            } }
        </div>
    }
}

/// The whiteboard needs a whole page: full screen, a window of its own, or a phone.
fn can_board(scene: &Scene, whole: bool) -> bool {
    let whiteboard = scene.calls.tools(&scene.options).has(Tool::Whiteboard);
    whiteboard && (scene.calls.full_screen || whole)
}

/// For `data-link`.
fn link_word(link: Link) -> &'static str {
    match link {
        Link::Waiting => "waiting",
        Link::Connecting => "connecting",
        Link::Connected => "connected",
        Link::Reconnecting => "reconnecting",
    }
}

/// Escape closes what lies over the call, then leaves full screen. It never hangs up.
fn on_key(
    event: &KeyboardEvent,
    over: Over,
    full: bool,
    open: &Callback<Over>,
    dispatch: &Callback<UserAction>,
) {
    // The board has its own use for it, and says it again when it has none.
    if event.key() != "Escape" || is_in_desk(event) {
        return;
    }
    event.prevent_default();
    event.stop_propagation();
    if over != Over::Nothing {
        open.emit(Over::Nothing);
    } else if full {
        dispatch.emit(UserAction::Call(CallAction::ToggleFullScreen));
    }
}

/// What lies over the call, and how that is changed. Focus goes into it, and back to where it came from.
#[hook]
fn use_over(node: &NodeRef, over_node: &NodeRef, dispatch: &Callback<UserAction>) -> (Over, Callback<Over>) {
    let over = use_state_eq(|| Over::Nothing);
    let from = use_mut_ref(|| None::<HtmlElement>);
    let open = {
        let (over, from, node) = (over.clone(), from.clone(), node.clone());
        Callback::from(move |next: Over| {
            if *over == Over::Nothing {
                *from.borrow_mut() = focused(&node);
            }
            over.set(next);
        })
    };
    {
        let (node, over_node) = (node.clone(), over_node.clone());
        use_effect_with(*over == Over::Nothing, move |nothing| {
            if !nothing {
                focus(&over_node);
            } else if let Some(from) = from.borrow_mut().take() {
                // A button that is gone is nothing to focus.
                let _ = from.focus();
            } else {
                focus(&node);
            }
        });
    }
    let dispatch = dispatch.clone();
    use_effect_with(*over == Over::Settings, move |watch| {
        let watch = *watch;
        if watch {
            dispatch.emit(UserAction::Call(CallAction::Settings(true)));
        }
        move || {
            if watch {
                dispatch.emit(UserAction::Call(CallAction::Settings(false)));
            }
        }
    });
    (*over, open)
}

/// What takes focus as long as it is there. Then the view has it again.
#[hook]
fn use_focus_while(there: bool, view: &NodeRef) -> NodeRef {
    let node = use_node_ref();
    let was = use_mut_ref(|| false);
    {
        let (node, view) = (node.clone(), view.clone());
        use_effect_with(there, move |there| match (was.replace(*there), *there) {
            (_, true) => focus(&node),
            (true, false) => focus(&view),
            (false, false) => {}
        });
    }
    node
}

fn focused(node: &NodeRef) -> Option<HtmlElement> {
    let root: ShadowRoot = node.cast::<HtmlElement>()?.get_root_node().dyn_into().ok()?;
    root.active_element()?.dyn_into().ok()
}
