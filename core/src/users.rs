//! The people this widget knows: their presence, and how the host wants them named.

use bandyer_protocol::{Presence, UserAlias, UserProfile};
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Users {
    pub me: Option<Rc<User>>,
    pub by_alias: BTreeMap<UserAlias, Rc<User>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub profile: UserProfile,
    /// The formatter's word for the user; the alias until it has spoken.
    pub name: String,
    /// Picture address; `None` shows initials.
    pub image: Option<String>,
    pub presence: Presence,
    /// Formatter and provider were asked; they are asked once.
    pub described: bool,
}

impl Users {
    /// The user, this one included.
    pub fn get(&self, alias: &UserAlias) -> Option<&Rc<User>> {
        match &self.me {
            Some(me) if &me.profile.alias == alias => Some(me),
            Some(_) | None => self.by_alias.get(alias),
        }
    }

    /// The name to show: the formatter's word, else the alias.
    pub fn name<'a>(&'a self, alias: &'a UserAlias) -> &'a str {
        self.get(alias).map_or(alias.as_str(), |user| &user.name)
    }

    /// What is known of a user's presence; offline for a stranger.
    pub fn presence(&self, alias: &UserAlias) -> Presence {
        self.by_alias.get(alias).map_or(Presence::Offline, |user| user.presence)
    }
}
