//! The WebRTC service agent: one connection to the other browser, of which one side makes every offer. Its four
//! transceivers are there from the start and for all of the call; what is sent changes by replacing tracks, so that a
//! call is negotiated once. What a call means is the core's.

mod channel;
mod connection;
mod negotiation;
mod peer;
mod watch;

use crate::store::Store;
use crate::subscribers::Subscription;
use crate::tracks::Tracks;
use bandyer_core::Action;
use bandyer_core::action::{RtcEvent, RtcProblem};
use bandyer_core::effect::RtcCommand;
use bandyer_protocol::{SdpKind, Signal};
use connection::Connection;
use negotiation::Role;
use std::cell::RefCell;
use std::rc::Rc;

pub struct RtcAgent {
    inside: Rc<Inside>,
    _watching: Subscription,
}

/// What a connection needs of its agent.
struct Inside {
    store: Store,
    tracks: Tracks,
    /// The host under which the widget reaches the server.
    host: String,
    connection: RefCell<Option<Rc<Connection>>>,
}

impl Inside {
    fn report(&self, event: RtcEvent) {
        self.store.dispatch(Action::Rtc(event));
    }
}

impl RtcAgent {
    pub fn new(store: Store, tracks: Tracks, server: &str) -> Self {
        let host = web_sys::Url::new(server).map(|url| url.hostname()).unwrap_or_default();
        let inside = Rc::new(Inside { store, tracks: tracks.clone(), host, connection: RefCell::default() });
        let own = Rc::downgrade(&inside);
        let watching = tracks.subscribe(move || {
            let connection = own.upgrade().and_then(|inside| inside.connection.borrow().clone());
            if let Some(connection) = connection {
                connection.attach();
            }
        });
        Self { inside, _watching: watching }
    }

    pub fn run(&self, command: RtcCommand) {
        match command {
            RtcCommand::Prepare { round, number, offer } => {
                if let Some(connection) = self.open(round, Role::Answers) {
                    connection.hear(Signal::Description { kind: SdpKind::Offer, number, sdp: offer });
                }
            }
            RtcCommand::Open { round, offers, offer_number, ice_servers } => {
                let role = if offers { Role::Offers { from: offer_number } } else { Role::Answers };
                let prepared = self.connection().filter(|connection| connection.round == round && !offers);
                match prepared.or_else(|| self.open(round, role)) {
                    Some(connection) => connection.start(&ice_servers),
                    None => self.inside.report(RtcEvent::Failed { round, problem: RtcProblem::Unsupported }),
                }
            }
            RtcCommand::Signal(signal) => {
                if let Some(connection) = self.connection() {
                    connection.hear(signal);
                }
            }
            RtcCommand::Restart { ice_servers } => {
                if let Some(connection) = self.connection() {
                    connection.restart(&ice_servers);
                }
            }
            RtcCommand::Frame(frame) => {
                if let Some(connection) = self.connection() {
                    connection.send_frame(&frame);
                }
            }
            RtcCommand::Close => self.close(),
        }
    }

    /// `None` in a browser without WebRTC. While it rings nobody is told: the person may take the call elsewhere.
    fn open(&self, round: u32, role: Role) -> Option<Rc<Connection>> {
        self.close();
        let connection = Connection::new(&self.inside, round, role).ok()?;
        *self.inside.connection.borrow_mut() = Some(Rc::clone(&connection));
        Some(connection)
    }

    /// The tap that allows sound happened.
    pub fn play(&self) {
        if let Some(connection) = self.connection() {
            connection.play();
        }
    }

    pub fn close(&self) {
        if let Some(connection) = self.inside.connection.take() {
            connection.close();
        }
    }

    fn connection(&self) -> Option<Rc<Connection>> {
        self.inside.connection.borrow().clone()
    }
}
