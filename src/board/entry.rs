//! The module as the widget sees it: mounted into an element, told of the call, handed the server's frames.

use super::state::DeskState;
use super::store::DeskStore;
use crate::components::whiteboard::{Surface, SurfaceProps};
use crate::desk::scene::Scene;
use crate::js::get;
use crate::random;
use crate::styles::Styles;
use bandyer_core::board::Board;
use bandyer_protocol::board::BoardAnswer;
use bandyer_protocol::{BoardDevice, CallAlias, UserAlias};
use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{Element, ShadowRoot};
use yew::AppHandle;

/// Mounts the board into an element of the widget's shadow root. `port` is `{send, scene}`: the way to the server, and what
/// is told first, as [`crate::desk::scene::Scene`].
///
/// # Errors
/// What is missing, when the element stands in no shadow root or the scene is none.
#[wasm_bindgen]
pub fn mount_desk(element: &Element, port: &JsValue) -> Result<Desk, JsValue> {
    let root: ShadowRoot =
        element.get_root_node().dyn_into().map_err(|_| "the element stands in no shadow root")?;
    let send: Function = get(port, "send").dyn_into().map_err(|_| "the port sends nothing")?;
    let scene = scene(&get(port, "scene").as_string().unwrap_or_default()).ok_or("the scene is none")?;
    let board = board(&scene).ok_or("the scene names nobody")?;
    let connected = scene.connected;
    let store = DeskStore::new(DeskState::new(scene, board), send, element.clone());
    let styles = Styles::new(root);
    let props = SurfaceProps { store: store.clone(), styles: styles.clone() };
    let view = yew::Renderer::<Surface>::with_root_and_props(element.clone(), props).render();
    store.act(|state| state.board.line(connected));
    Ok(Desk { store, styles, view })
}

fn scene(text: &str) -> Option<Scene> {
    serde_json::from_str(text).ok()
}

fn board(scene: &Scene) -> Option<Board> {
    let room = CallAlias::parse(&scene.room).ok()?;
    let me = UserAlias::parse(&scene.me.alias).ok()?;
    Some(Board::new(room, me, BoardDevice::parse(&random::hex::<8>()).ok()?))
}

/// What the widget holds of a mounted board.
#[wasm_bindgen]
pub struct Desk {
    store: DeskStore,
    styles: Styles,
    view: AppHandle<Surface>,
}

#[wasm_bindgen]
impl Desk {
    /// A frame of the server, about boards or about something else.
    pub fn heard(&self, frame: &str) {
        if let Ok(answer) = BoardAnswer::read(frame) {
            self.store.act(|state| state.board.heard(answer));
        }
    }

    /// Something around the board has changed.
    pub fn told(&self, scene: &str) {
        let Some(scene) = self::scene(scene) else { return };
        let connected = scene.connected;
        self.store.act(|state| {
            state.set_scene(scene);
            state.board.line(connected)
        });
    }

    /// Takes it off the page. What was not sent by then is lost.
    pub fn close(self) {
        self.store.close();
        self.view.destroy();
        self.styles.release();
    }
}
