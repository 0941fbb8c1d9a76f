//! Who is there: the sockets of every user, and the news about it, gathered so that a crowd coming back does not
//! drown everybody in frames.

use super::{Connect, Delivery, HubSettings, SessionKey};
use bandyer_protocol::{
    Cursor, Features, PROTOCOL_VERSION, Presence, ServerEnvelope, ServerMessage, SessionId, Timestamp,
    UserAlias, UserNews,
};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// Most users in one frame of news: every socket keeps a buffer as large as its largest frame.
const MOST_IN_FRAME: usize = 60;

/// News goes to everybody. The more sockets there are, the longer it is gathered, up to the longest wait, so that it
/// does not take more than this many rounds of frames a second.
const MOST_FRAMES_PER_SECOND: usize = 10_000;
const LONGEST_WAIT_MS: i64 = 5000;

pub struct Roster {
    grace_ms: i64,
    batch_ms: i64,
    sessions: HashMap<SessionKey, Device>,
    /// Users who call, are called, or are in a call.
    busy: HashSet<UserAlias>,
    users: HashMap<UserAlias, Online>,
    /// Users whose last socket is gone, in the order their grace ends.
    leaving: VecDeque<(Timestamp, UserAlias)>,
    news: BTreeMap<UserAlias, Presence>,
    last_news: Option<Timestamp>,
    /// Who came (true) and went (false) since somebody asked, and when.
    moves: Vec<(UserAlias, bool, Timestamp)>,
}

/// Who is behind a socket.
struct Device {
    user: UserAlias,
    /// What the device knows itself by.
    id: SessionId,
    features: Features,
}

struct Online {
    sessions: Vec<SessionKey>,
    /// Where devices that have seen everything stand; unknown until it is needed.
    cursor: Option<Cursor>,
    /// Set while there is no socket.
    leaves_at: Option<Timestamp>,
}

impl Roster {
    pub fn new(settings: &HubSettings) -> Self {
        Self {
            grace_ms: settings.presence_grace_ms.into(),
            batch_ms: settings.presence_batch_ms.into(),
            sessions: HashMap::new(),
            busy: HashSet::new(),
            users: HashMap::new(),
            leaving: VecDeque::new(),
            news: BTreeMap::new(),
            last_news: None,
            moves: Vec::new(),
        }
    }

    pub fn join(&mut self, connect: &Connect, cursor: Cursor, now: Timestamp) {
        let Connect { session, session_id, user, features, .. } = connect;
        let device = Device { user: user.clone(), id: session_id.clone(), features: features.clone() };
        self.sessions.insert(*session, device);
        let there = if self.busy.contains(user) { Presence::Busy } else { Presence::Online };
        let online = self.users.entry(user.clone()).or_insert_with(|| {
            self.news.insert(user.clone(), there);
            self.moves.push((user.clone(), true, now));
            Online { sessions: Vec::new(), cursor: None, leaves_at: None }
        });
        online.sessions.push(*session);
        online.cursor = Some(cursor);
        online.leaves_at = None;
    }

    pub fn leave(&mut self, session: SessionKey, now: Timestamp) {
        let Some(Device { user: alias, .. }) = self.sessions.remove(&session) else {
            return;
        };
        let Some(online) = self.users.get_mut(&alias) else {
            return;
        };
        online.sessions.retain(|other| *other != session);
        if online.sessions.is_empty() {
            let at = now.plus_ms(self.grace_ms);
            online.leaves_at = Some(at);
            self.leaving.push_back((at, alias));
        }
    }

    pub fn user_of(&self, session: SessionKey) -> Option<UserAlias> {
        self.sessions.get(&session).map(|device| device.user.clone())
    }

    /// The id that the device behind a socket was given.
    pub fn session_id(&self, session: SessionKey) -> Option<SessionId> {
        self.sessions.get(&session).map(|device| device.id.clone())
    }

    /// A call takes the user's attention, or gives it back.
    pub fn set_busy(&mut self, user: &UserAlias, busy: bool) {
        let changed = if busy { self.busy.insert(user.clone()) } else { self.busy.remove(user) };
        if changed && self.users.contains_key(user) {
            self.news.insert(user.clone(), self.presence_of(user));
        }
    }

    /// These and no others are busy.
    pub fn set_all_busy(&mut self, busy: HashSet<UserAlias>) {
        let free: Vec<UserAlias> = self.busy.difference(&busy).cloned().collect();
        free.iter().for_each(|user| self.set_busy(user, false));
        busy.iter().for_each(|user| self.set_busy(user, true));
    }

    pub fn sessions_of(&self, user: &UserAlias) -> &[SessionKey] {
        self.users.get(user).map_or(&[], |online| &online.sessions)
    }

    pub fn sessions(&self) -> impl Iterator<Item = SessionKey> {
        self.sessions.keys().copied()
    }

    /// Those sockets of a user whose client knows a feature.
    pub fn sessions_knowing<'a>(
        &'a self,
        user: &UserAlias,
        feature: &'a str,
    ) -> impl Iterator<Item = SessionKey> + 'a {
        let knows = move |key: &&SessionKey| {
            self.sessions.get(*key).is_some_and(|device| device.features.has(feature))
        };
        self.sessions_of(user).iter().filter(knows).copied()
    }

    pub fn session_count(&self) -> usize {
        self.sessions.len()
    }

    pub fn presence_of(&self, user: &UserAlias) -> Presence {
        match (self.users.contains_key(user), self.busy.contains(user)) {
            (true, true) => Presence::Busy,
            (true, false) => Presence::Online,
            (false, _) => Presence::Offline,
        }
    }

    /// Everybody not offline, by alias.
    pub fn online(&self) -> Vec<(UserAlias, Presence)> {
        let mut users: Vec<_> =
            self.users.keys().map(|alias| (alias.clone(), self.presence_of(alias))).collect();
        users.sort_by(|a, b| a.0.cmp(&b.0));
        users
    }

    /// `None` when it has to be read.
    pub fn cursor_of(&self, user: &UserAlias) -> Option<Cursor> {
        self.users.get(user).and_then(|online| online.cursor)
    }

    /// Moves the cursor of a user who is there.
    pub fn set_cursor(&mut self, user: &UserAlias, cursor: Cursor) {
        if let Some(online) = self.users.get_mut(user) {
            online.cursor = Some(cursor);
        }
    }

    pub fn forget_cursors(&mut self) {
        for online in self.users.values_mut() {
            online.cursor = None;
        }
    }

    pub fn next_deadline(&self) -> Option<Timestamp> {
        let leaving = self.leaving.front().map(|(at, _)| *at);
        let news = match (self.news.is_empty(), self.last_news) {
            (true, _) => None,
            (false, None) => Some(Timestamp(i64::MIN)),
            (false, Some(last)) => Some(last.plus_ms(self.window())),
        };
        leaving.into_iter().chain(news).min()
    }

    /// Who came and went since this was last asked.
    pub fn take_moves(&mut self) -> Vec<(UserAlias, bool, Timestamp)> {
        std::mem::take(&mut self.moves)
    }

    pub fn tick(&mut self, now: Timestamp) -> Vec<Delivery> {
        self.let_go(now);
        let due = match self.last_news {
            // A clock that was set back must not silence the news.
            Some(last) => now.since(last) >= self.window() || now < last,
            None => true,
        };
        if self.news.is_empty() || !due {
            return Vec::new();
        }
        self.last_news = Some(now);
        let users: Vec<_> = std::mem::take(&mut self.news).into_iter().collect();
        users.chunks(MOST_IN_FRAME).map(|users| news_frame(users.to_vec())).collect()
    }

    fn window(&self) -> i64 {
        let crowd = self.sessions.len() * 1000 / MOST_FRAMES_PER_SECOND;
        self.batch_ms.max(i64::try_from(crowd).unwrap_or(LONGEST_WAIT_MS).min(LONGEST_WAIT_MS))
    }

    fn let_go(&mut self, now: Timestamp) {
        while let Some((at, _)) = self.leaving.front()
            && (*at <= now || at.since(now) > self.grace_ms)
        {
            let Some((at, alias)) = self.leaving.pop_front() else {
                return;
            };
            // Whoever came back, or came back and left again, has another entry or none.
            if self.users.get(&alias).is_some_and(|online| online.leaves_at == Some(at)) {
                self.users.remove(&alias);
                self.news.insert(alias.clone(), Presence::Offline);
                self.moves.push((alias, false, now));
            }
        }
    }
}

fn news_frame(users: Vec<(UserAlias, Presence)>) -> Delivery {
    let msg = ServerMessage::User(UserNews::PresenceChanged { users });
    Delivery::Everyone { envelope: ServerEnvelope { v: PROTOCOL_VERSION, re: None, step: None, msg } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::RequestId;

    fn roster() -> Roster {
        Roster::new(&HubSettings::default())
    }

    fn join(roster: &mut Roster, key: u64, user: &UserAlias) {
        let connect = Connect {
            session: SessionKey(key),
            session_id: SessionId::parse("s").unwrap(),
            re: RequestId(1),
            user: user.clone(),
            issued_at: Timestamp(0),
            expires_at: Timestamp(0),
            cursor: None,
            epoch: None,
            features: Features::default(),
        };
        roster.join(&connect, Cursor(0), Timestamp(0));
    }

    fn anna() -> UserAlias {
        UserAlias::parse("anna").unwrap()
    }

    fn news(deliveries: &[Delivery]) -> Vec<(String, Presence)> {
        deliveries
            .iter()
            .flat_map(|delivery| match delivery {
                Delivery::Everyone { envelope } => match &envelope.msg {
                    ServerMessage::User(UserNews::PresenceChanged { users }) => users.clone(),
                    other => panic!("{other:?}"),
                },
                other => panic!("{other:?}"),
            })
            .map(|(alias, presence)| (alias.to_string(), presence))
            .collect()
    }

    #[test]
    fn a_reload_does_not_flap() {
        let mut roster = roster();
        join(&mut roster, 1, &anna());
        assert_eq!(news(&roster.tick(Timestamp(0))), [("anna".to_owned(), Presence::Online)]);
        roster.leave(SessionKey(1), Timestamp(1000));
        join(&mut roster, 2, &anna());
        assert_eq!(news(&roster.tick(Timestamp(9000))), []);
        assert_eq!(roster.presence_of(&anna()), Presence::Online);
    }

    #[test]
    fn the_last_socket_takes_the_user_offline_after_the_grace() {
        let mut roster = roster();
        join(&mut roster, 1, &anna());
        join(&mut roster, 2, &anna());
        roster.tick(Timestamp(0));
        roster.leave(SessionKey(1), Timestamp(1000));
        assert_eq!(roster.next_deadline(), None);
        roster.leave(SessionKey(2), Timestamp(1000));
        assert_eq!(roster.next_deadline(), Some(Timestamp(3000)));
        assert_eq!(news(&roster.tick(Timestamp(2999))), []);
        assert_eq!(news(&roster.tick(Timestamp(3000))), [("anna".to_owned(), Presence::Offline)]);
        assert_eq!(roster.online(), []);
        assert_eq!(roster.next_deadline(), None);
        let moves = [(anna(), true, Timestamp(0)), (anna(), false, Timestamp(3000))];
        assert_eq!(roster.take_moves(), moves, "once each, however many sockets");
        assert_eq!(roster.take_moves(), []);
    }

    #[test]
    fn news_after_the_first_waits_for_its_batch() {
        let mut roster = roster();
        join(&mut roster, 1, &anna());
        assert_eq!(roster.tick(Timestamp(0)).len(), 1);
        join(&mut roster, 2, &UserAlias::parse("bob").unwrap());
        join(&mut roster, 3, &UserAlias::parse("carl").unwrap());
        assert_eq!(roster.tick(Timestamp(249)), []);
        assert_eq!(roster.next_deadline(), Some(Timestamp(250)));
        assert_eq!(news(&roster.tick(Timestamp(250))).len(), 2);
    }
}
