//! The people this widget knows: their presence, and how the host wants them named.

use crate::action::DetailsEvent;
use crate::api::ClientEvent;
use crate::effect::{DetailsCommand, Effect};
use crate::letters;
use crate::step::{Step, emit};
use bandyer_protocol::{Presence, UserAlias, UserNews, UserProfile};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The slice of people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Users {
    pub me: Option<Rc<User>>,
    pub by_alias: BTreeMap<UserAlias, Rc<User>>,
    /// People without a common chat whose presence was heard of.
    pub strangers: BTreeMap<UserAlias, Presence>,
    /// Who is there was told once: from then on changes are news.
    pub met: bool,
    /// Names and pictures are wanted: the panel was opened once.
    pub describing: bool,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub profile: UserProfile,
    /// The formatter's word for the user; the alias until it has spoken.
    pub name: String,
    /// What the name is searched by, see [`crate::letters::key`].
    pub key: String,
    /// Picture address; `None` shows initials.
    pub image: Option<String>,
    pub presence: Presence,
    /// Formatter and provider were asked; they are asked once.
    pub described: bool,
}

impl User {
    fn new(profile: UserProfile, presence: Presence) -> Self {
        let (name, image) = (profile.alias.to_string(), profile.image.clone());
        let key = letters::key(&name);
        Self { profile, name, key, image, presence, described: false }
    }
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

    /// What the name is searched by; nothing finds a stranger.
    pub fn key(&self, alias: &UserAlias) -> &str {
        self.get(alias).map_or("", |user| &user.key)
    }

    /// What is known of a user's presence; offline for a stranger.
    pub fn presence(&self, alias: &UserAlias) -> Presence {
        self.by_alias.get(alias).map_or(Presence::Offline, |user| user.presence)
    }

    /// What the server says.
    pub(crate) fn heard(&mut self, news: UserNews) -> Vec<Step> {
        match news {
            UserNews::PresenceChanged { users } => self.presence_changed(users),
            UserNews::Changed(profile) => self.changed(*profile),
            // Answers to questions given up before.
            UserNews::Status { .. } | UserNews::Online { .. } => Vec::new(),
        }
    }

    /// The line is up as this user.
    pub(crate) fn welcomed(&mut self, me: UserProfile) {
        match &mut self.me {
            Some(known) if known.profile.alias == me.alias => renew(known, me),
            Some(_) | None => self.me = Some(Rc::new(User::new(me, Presence::Online))),
        }
    }

    /// The line is down: what strangers do is not known any more.
    pub(crate) fn line_lost(&mut self) {
        self.strangers.clear();
    }

    /// What the server knows of the other participants. Names that are wanted already are asked for.
    pub(crate) fn learn(&mut self, profiles: Vec<UserProfile>) -> Vec<Step> {
        for profile in profiles {
            if self.is_me(&profile.alias) {
                continue;
            }
            match self.by_alias.get_mut(&profile.alias) {
                Some(known) => renew(known, profile),
                None => {
                    let presence = self.strangers.remove(&profile.alias).unwrap_or(Presence::Offline);
                    self.by_alias.insert(profile.alias.clone(), Rc::new(User::new(profile, presence)));
                }
            }
        }
        self.describe()
    }

    /// The platform describes somebody in another way. Whoever is not shown anywhere does not matter.
    fn changed(&mut self, profile: UserProfile) -> Vec<Step> {
        let known = match &mut self.me {
            Some(me) if me.profile.alias == profile.alias => Some(me),
            Some(_) | None => self.by_alias.get_mut(&profile.alias),
        };
        if let Some(known) = known {
            renew(known, profile);
        }
        self.describe()
    }

    /// Everybody who is there, out of those with a common chat. Changes are announced, but not with the first list.
    pub(crate) fn present(&mut self, present: Vec<(UserAlias, Presence)>) -> Vec<Step> {
        let present: BTreeMap<UserAlias, Presence> = present.into_iter().collect();
        let now: Vec<(UserAlias, Presence)> = self
            .by_alias
            .keys()
            .map(|alias| (alias.clone(), present.get(alias).copied().unwrap_or(Presence::Offline)))
            .collect();
        let steps = self.presence_changed(now);
        if std::mem::replace(&mut self.met, true) { steps } else { Vec::new() }
    }

    /// Who came, went or became busy. Each coming and going is announced once, and never one's own.
    pub(crate) fn presence_changed(&mut self, users: Vec<(UserAlias, Presence)>) -> Vec<Step> {
        let mut steps = Vec::new();
        for (alias, presence) in users {
            if self.is_me(&alias) {
                continue;
            }
            let before = match self.by_alias.get_mut(&alias) {
                Some(user) if user.presence == presence => continue,
                Some(user) => Some(std::mem::replace(&mut Rc::make_mut(user).presence, presence)),
                None => self.strangers.insert(alias.clone(), presence),
            };
            let there = |presence| presence != Presence::Offline;
            if before.map(there) != Some(there(presence)) {
                steps.push(emit(if there(presence) {
                    ClientEvent::UserConnected { user: alias }
                } else {
                    ClientEvent::UserDisconnected { user: alias }
                }));
            }
        }
        steps
    }

    /// The panel is open: names are wanted from now on.
    pub(crate) fn show_names(&mut self) -> Vec<Step> {
        self.describing = true;
        self.describe()
    }

    /// Formatter or provider answered.
    pub(crate) fn details(&mut self, event: DetailsEvent) -> Vec<Step> {
        let DetailsEvent::Resolved { user, name, key, image } = event;
        let known = match &mut self.me {
            Some(me) if me.profile.alias == user => Some(me),
            Some(_) | None => self.by_alias.get_mut(&user),
        };
        if let Some(known) = known {
            let known = Rc::make_mut(known);
            known.name = name;
            known.key = key;
            known.image = image;
        }
        Vec::new()
    }

    /// Asks about everybody who was not asked about yet, in one go.
    fn describe(&mut self) -> Vec<Step> {
        if !self.describing {
            return Vec::new();
        }
        let mut profiles = Vec::new();
        for user in self.me.iter_mut().chain(self.by_alias.values_mut()).filter(|user| !user.described) {
            let user = Rc::make_mut(user);
            user.described = true;
            profiles.push(user.profile.clone());
        }
        if profiles.is_empty() {
            return Vec::new();
        }
        vec![Step::Do(Effect::Details(DetailsCommand::Describe(profiles)))]
    }

    fn is_me(&self, alias: &UserAlias) -> bool {
        self.me.as_ref().is_some_and(|me| &me.profile.alias == alias)
    }
}

/// What the platform says of a known user. The host is asked for a name anew, and the picture is the platform's until then.
fn renew(known: &mut Rc<User>, profile: UserProfile) {
    if known.profile == profile {
        return;
    }
    let known = Rc::make_mut(known);
    if known.profile.image != profile.image {
        known.image.clone_from(&profile.image);
    }
    known.profile = profile;
    known.described = false;
}
