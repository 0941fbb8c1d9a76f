//! The pictures: which one is large, which ones stand beside it, and what stands for those that are off.

use super::{Kit, Scene};
use crate::components::person::portrait;
use crate::components::ui::video::Video;
use crate::i18n::Text;
use bandyer_core::calls::{Active, Link, MediaSlot};
use bandyer_core::select::Person;
use yew::prelude::*;

/// A picture in the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tile {
    Me,
    MyScreen,
    Peer,
    PeerScreen,
}

/// Which pictures there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Present {
    pub me: bool,
    pub my_screen: bool,
    pub peer: bool,
    pub peer_screen: bool,
}

/// Where they stand.
#[derive(Debug, PartialEq, Eq)]
pub struct Placement {
    pub main: Option<Tile>,
    /// From the bottom up.
    pub side: Vec<Tile>,
}

/// On the board everybody stands beside it. Else the other side's screen before the other side before oneself; one's own screen is never the large one.
pub fn place(present: Present, board: bool) -> Placement {
    let Present { me, my_screen, peer, peer_screen } = present;
    let by_rank = [(peer_screen, Tile::PeerScreen), (peer, Tile::Peer), (me, Tile::Me)];
    let main = by_rank.into_iter().find_map(|(there, tile)| (there && !board).then_some(tile));
    let screen = peer_screen && board;
    let from_below =
        [(me, Tile::Me), (my_screen, Tile::MyScreen), (peer, Tile::Peer), (screen, Tile::PeerScreen)];
    let side = from_below.into_iter().filter(|(there, tile)| *there && Some(*tile) != main);
    Placement { main, side: side.map(|(_, tile)| tile).collect() }
}

impl Present {
    pub(super) fn of(scene: &Scene, active: &Active) -> Self {
        let local = scene.calls.local;
        Self {
            // A call with cameras shows oneself without one too.
            me: local.camera.is_on() || (active.video && active.link != Link::Waiting),
            my_screen: local.screen.is_on(),
            peer: active.link != Link::Waiting,
            peer_screen: active.peer.screen && active.peer_streams.screen,
        }
    }
}

/// The tile shows a moving picture, no portrait.
fn moves(kit: &Kit, tile: Tile) -> bool {
    let (active, local) = (kit.active, kit.scene.calls.local);
    match tile {
        Tile::Me => local.camera.is_on(),
        Tile::MyScreen => local.screen.is_on(),
        Tile::Peer => active.peer.camera && active.peer_streams.camera,
        Tile::PeerScreen => true,
    }
}

/// The picture is announced: its place is made ready, so that the first frame is seen as soon as it is there.
fn comes(kit: &Kit, tile: Tile) -> bool {
    tile == Tile::Peer && kit.active.peer.camera && kit.active.link != Link::Waiting
}

/// There is something to see that bars would hide.
pub(super) fn is_live(kit: &Kit, main: Option<Tile>) -> bool {
    kit.active.link == Link::Connected && main.is_some_and(|tile| moves(kit, tile))
}

fn person<'a>(kit: &Kit<'a>, tile: Tile) -> Option<&'a Person> {
    match tile {
        Tile::Me | Tile::MyScreen => kit.scene.me.as_ref(),
        Tile::Peer | Tile::PeerScreen => kit.scene.peer.as_ref(),
    }
}

fn picture(tile: Tile) -> Html {
    match tile {
        Tile::Me => html! { <Video key="me" slot={MediaSlot::OwnCamera} mirrored={true} /> },
        Tile::MyScreen => html! { <Video key="my-screen" slot={MediaSlot::OwnScreen} whole={true} /> },
        Tile::Peer => html! { <Video key="peer" slot={MediaSlot::PeerCamera} /> },
        Tile::PeerScreen => html! { <Video key="peer-screen" slot={MediaSlot::PeerScreen} whole={true} /> },
    }
}

fn word(tile: Tile) -> &'static str {
    match tile {
        Tile::Me => "me",
        Tile::MyScreen => "my-screen",
        Tile::Peer => "peer",
        Tile::PeerScreen => "peer-screen",
    }
}

fn name(kit: &Kit, tile: Tile) -> AttrValue {
    match tile {
        Tile::Me => kit.text(Text::MessageMe),
        Tile::MyScreen => kit.text(Text::CallYourScreen),
        Tile::Peer => kit.peer_name(),
        Tile::PeerScreen => kit.about_peer(Text::CallPeerScreen),
    }
}

pub(super) fn main(kit: &Kit, tile: Option<Tile>, ontap: Callback<MouseEvent>) -> Html {
    // Without anybody's picture the one who is waited for stands there.
    let shown = tile.unwrap_or(Tile::Peer);
    let moving = tile.filter(|tile| moves(kit, *tile));
    let mounted = moving.or(tile.filter(|tile| comes(kit, *tile)));
    html! {
        <div class="main" role="img" aria-label={name(kit, shown)} data-testid="call-main" data-tile={tile.map(word)}
            data-moving={moving.is_some().to_string()} onclick={ontap}>
            if let Some(tile) = mounted { { picture(tile) } }
            if moving.is_none() || kit.active.link == Link::Waiting { { waiting(kit, moving.is_none()) } }
        </div>
    }
}

/// A portrait where a picture would be, and what is being waited for.
fn waiting(kit: &Kit, still: bool) -> Html {
    let line = match kit.active.link {
        Link::Waiting => Some((kit.about_peer(Text::CallWaiting), "call-waiting")),
        Link::Connecting => Some((kit.text(Text::CallConnecting), "call-connecting")),
        Link::Connected | Link::Reconnecting => None,
    };
    html! {
        <div class={classes!("still", (!still).then_some("dim"))}>
            if let Some(peer) = kit.scene.peer.as_ref().filter(|_| still) { <span class="face">{ portrait(peer, 112) }</span> }
            if let Some((words, testid)) = line {
                <p class="wait" role="status" data-testid={testid}><i class="wheel" aria-hidden="true" />{ words }</p>
            } else {
                <p class="name bw-line">{ kit.peer_name() }</p>
            }
        </div>
    }
}

pub(super) fn side(kit: &Kit, tiles: &[Tile]) -> Html {
    let tile = |tile: &Tile| {
        let tile = *tile;
        let testid = if tile == Tile::Me { "call-self" } else { "call-tile" };
        let screen = tile == Tile::MyScreen;
        html! {
            <div key={word(tile)} class="tile" role="img" aria-label={name(kit, tile)} data-testid={testid} data-tile={word(tile)}
                data-moving={moves(kit, tile).to_string()}>
                if moves(kit, tile) { { picture(tile) } } else if let Some(person) = person(kit, tile) { { portrait(person, 44) } }
                if screen { <span class="tag bw-line">{ name(kit, tile) }</span> }
            </div>
        }
    };
    html! { <div class="side">{ tiles.iter().map(tile).collect::<Html>() }</div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(me: bool, my_screen: bool, peer: bool, peer_screen: bool) -> (Option<Tile>, Vec<Tile>) {
        let Placement { main, side } = place(Present { me, my_screen, peer, peer_screen }, false);
        (main, side)
    }

    #[test]
    fn oneself_is_large_only_as_long_as_nobody_else_is() {
        assert_eq!(placed(false, false, false, false), (None, vec![]));
        assert_eq!(placed(true, false, false, false), (Some(Tile::Me), vec![]));
        assert_eq!(placed(true, false, true, false), (Some(Tile::Peer), vec![Tile::Me]));
    }

    #[test]
    fn the_other_sides_screen_takes_the_large_place_and_gives_it_back() {
        assert_eq!(placed(true, false, true, true), (Some(Tile::PeerScreen), vec![Tile::Me, Tile::Peer]));
        assert_eq!(placed(true, false, true, false), (Some(Tile::Peer), vec![Tile::Me]));
    }

    #[test]
    fn ones_own_screen_stands_beside_always() {
        assert_eq!(placed(false, true, false, false), (None, vec![Tile::MyScreen]));
        assert_eq!(placed(true, true, false, false), (Some(Tile::Me), vec![Tile::MyScreen]));
        assert_eq!(
            placed(true, true, true, true),
            (Some(Tile::PeerScreen), vec![Tile::Me, Tile::MyScreen, Tile::Peer])
        );
    }

    #[test]
    fn nobody_stands_in_two_places_and_nobody_is_lost() {
        for bits in 0..16_u8 {
            let [me, my_screen, peer, peer_screen] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
            let (main, side) = placed(me, my_screen, peer, peer_screen);
            let there = [me, my_screen, peer, peer_screen].into_iter().filter(|there| *there).count();
            assert_eq!(side.len() + usize::from(main.is_some()), there, "{bits:04b}");
            let beside = place(Present { me, my_screen, peer, peer_screen }, true);
            assert_eq!((beside.main, beside.side.len()), (None, there), "{bits:04b}");
            assert!(main.is_none_or(|main| !side.contains(&main)), "{bits:04b}");
        }
    }
}
