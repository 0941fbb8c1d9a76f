//! The whole state of one widget. Every slice sits behind its own `Rc`, so that a change of one does not touch the
//! others, and a component re-renders only when the slice it reads was replaced.

use crate::calls::Calls;
use crate::chats::Chats;
use crate::options::Options;
use crate::panel::Panel;
use crate::session::Session;
use crate::users::Users;
use std::rc::Rc;

/// The slices. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct State {
    pub options: Rc<Options>,
    pub session: Rc<Session>,
    pub users: Rc<Users>,
    pub chats: Rc<Chats>,
    pub panel: Rc<Panel>,
    pub calls: Rc<Calls>,
}

impl State {
    /// A widget that was created and not connected yet. `seed` makes its message ids unique: at least 64 random
    /// bits as hexadecimal digits.
    pub fn new(options: Options, seed: &str) -> Self {
        let panel = Panel::new(options.hidden);
        let session = Session::new(options.access_token.clone(), seed);
        Self {
            options: Rc::new(options),
            session: Rc::new(session),
            users: Rc::default(),
            chats: Rc::new(Chats { seed: seed.to_owned(), ..Chats::default() }),
            panel: Rc::new(panel),
            calls: Rc::new(Calls::new(seed)),
        }
    }
}
