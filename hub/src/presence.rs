//! Who is there: the sockets of every user, and the news about it, gathered so that a crowd coming back does not
//! drown everybody in frames.

use super::{Delivery, HubSettings, Scope, SessionKey};
use bandyer_protocol::{
    CallAlias, Cursor, Features, PROTOCOL_VERSION, Presence, ServerEnvelope, ServerMessage, SessionId,
    Timestamp, UserAlias, UserNews,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// Most users in one frame of news: every socket keeps a buffer as large as its largest frame.
const MOST_IN_FRAME: usize = 60;

/// News goes to everybody. The more sockets there are, the longer it is gathered, up to the longest wait, so that it
/// does not take more than this many rounds of frames a second.
const MOST_FRAMES_PER_SECOND: usize = 10_000;
const LONGEST_WAIT_MS: i64 = 5000;

pub struct Roster {
    grace_ms: i64,
    batch_ms: i64,
    sessions: HashMap<SessionKey, Signed>,
    /// Those that see one call and one chat only.
    narrow: BTreeSet<SessionKey>,
    /// Users who call, are called, or are in a call.
    busy: HashSet<UserAlias>,
    users: HashMap<UserAlias, Online>,
    /// Users whose last socket is gone, in the order their grace ends.
    leaving: VecDeque<(Timestamp, UserAlias)>,
    news: BTreeMap<UserAlias, Presence>,
    last_news: Option<Timestamp>,
    /// Who came (true) and went (false) since somebody asked, and when.
    moves: Vec<(UserAlias, bool, Timestamp)>,
    /// Which boards a socket has open.
    boards: HashMap<SessionKey, BTreeSet<CallAlias>>,
}

/// Who is behind a socket.
#[derive(Debug, Clone)]
pub struct Signed {
    pub id: SessionId,
    pub user: UserAlias,
    /// `None` for the whole account.
    pub scope: Option<Scope>,
    /// What the client knows beyond the protocol's version.
    pub features: Features,
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
            narrow: BTreeSet::new(),
            busy: HashSet::new(),
            users: HashMap::new(),
            leaving: VecDeque::new(),
            news: BTreeMap::new(),
            last_news: None,
            moves: Vec::new(),
            boards: HashMap::new(),
        }
    }

    pub fn join(&mut self, session: SessionKey, signed: Signed, cursor: Cursor, now: Timestamp) {
        let user = &signed.user.clone();
        if signed.scope.is_some() {
            self.narrow.insert(session);
        }
        self.sessions.insert(session, signed);
        let there = if self.busy.contains(user) { Presence::Busy } else { Presence::Online };
        let online = self.users.entry(user.clone()).or_insert_with(|| {
            self.news.insert(user.clone(), there);
            self.moves.push((user.clone(), true, now));
            Online { sessions: Vec::new(), cursor: None, leaves_at: None }
        });
        online.sessions.push(session);
        online.cursor = Some(cursor);
        online.leaves_at = None;
    }

    pub fn leave(&mut self, session: SessionKey, now: Timestamp) {
        self.narrow.remove(&session);
        self.boards.remove(&session);
        let Some(Signed { user: alias, .. }) = self.sessions.remove(&session) else {
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
        self.sessions.get(&session).map(|signed| signed.user.clone())
    }

    /// The id that the device behind a socket was given.
    pub fn session_id(&self, session: SessionKey) -> Option<SessionId> {
        self.sessions.get(&session).map(|signed| signed.id.clone())
    }

    /// What the device behind a socket sees; `None` for the whole account.
    pub fn scope_of(&self, session: SessionKey) -> Option<&Scope> {
        self.sessions.get(&session)?.scope.as_ref()
    }

    /// From now on the socket hears of that board. False when it has so many open already.
    pub fn open_board(&mut self, session: SessionKey, room: &CallAlias, most: usize) -> bool {
        let open = self.boards.entry(session).or_default();
        open.contains(room) || (open.len() < most && open.insert(room.clone()))
    }

    pub fn close_board(&mut self, session: SessionKey, room: &CallAlias) {
        if let Some(open) = self.boards.get_mut(&session) {
            open.remove(room);
        }
    }

    pub fn has_board(&self, session: SessionKey, room: &CallAlias) -> bool {
        self.boards.get(&session).is_some_and(|open| open.contains(room))
    }

    /// The sockets that see no more than that call and its chat.
    pub fn sessions_within(&self, call: &CallAlias) -> Vec<SessionKey> {
        let is_within = |key: &&SessionKey| self.scope_of(**key).is_some_and(|scope| &scope.call == call);
        self.narrow.iter().filter(is_within).copied().collect()
    }

    /// How many sockets of the user see the whole account, or only a part of it: those who were given a link take no
    /// place from the user.
    pub fn count_like(&self, user: &UserAlias, scope: Option<&Scope>) -> usize {
        let alike = |key: &&SessionKey| self.narrow.contains(*key) == scope.is_some();
        self.sessions_of(user).iter().filter(alike).count()
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

    /// Tells the devices of a user whether somebody is there.
    pub fn introduce(&self, user: &UserAlias, other: &UserAlias) -> Option<Delivery> {
        let concerns = |key: &&SessionKey| self.scope_of(**key).is_none_or(|scope| scope.names(other));
        let sessions: Vec<_> = self.sessions_of(user).iter().filter(concerns).copied().collect();
        let envelope = news_frame(vec![(other.clone(), self.presence_of(other))]);
        (!sessions.is_empty()).then_some(Delivery::To { sessions, envelope })
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
        let except: Vec<SessionKey> = self.narrow.iter().copied().collect();
        let news = users
            .chunks(MOST_IN_FRAME)
            .map(|users| Delivery::Everyone { envelope: news_frame(users.to_vec()), except: except.clone() });
        news.chain(self.narrow_news(&users)).collect()
    }

    /// Of all that, what concerns the two users of a call goes to those who see no more than it.
    fn narrow_news(&self, users: &[(UserAlias, Presence)]) -> Vec<Delivery> {
        let of = |session: &SessionKey| {
            let scope = self.scope_of(*session)?;
            let users: Vec<_> = users.iter().filter(|(user, _)| scope.names(user)).cloned().collect();
            (!users.is_empty())
                .then(|| Delivery::To { sessions: vec![*session], envelope: news_frame(users) })
        };
        self.narrow.iter().filter_map(of).collect()
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

fn news_frame(users: Vec<(UserAlias, Presence)>) -> ServerEnvelope {
    let msg = ServerMessage::User(UserNews::PresenceChanged { users });
    ServerEnvelope { v: PROTOCOL_VERSION, re: None, step: None, msg }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster() -> Roster {
        Roster::new(&HubSettings::default())
    }

    fn signed(user: &str) -> Signed {
        Signed {
            id: SessionId::parse("s").unwrap(),
            user: UserAlias::parse(user).unwrap(),
            scope: None,
            features: Features::default(),
        }
    }

    fn anna() -> UserAlias {
        UserAlias::parse("anna").unwrap()
    }

    fn news(deliveries: &[Delivery]) -> Vec<(String, Presence)> {
        deliveries
            .iter()
            .flat_map(|delivery| match delivery {
                Delivery::Everyone { envelope, .. } => match &envelope.msg {
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
        roster.join(SessionKey(1), signed("anna"), Cursor(0), Timestamp(0));
        assert_eq!(news(&roster.tick(Timestamp(0))), [("anna".to_owned(), Presence::Online)]);
        roster.leave(SessionKey(1), Timestamp(1000));
        roster.join(SessionKey(2), signed("anna"), Cursor(0), Timestamp(0));
        assert_eq!(news(&roster.tick(Timestamp(9000))), []);
        assert_eq!(roster.presence_of(&anna()), Presence::Online);
    }

    #[test]
    fn the_last_socket_takes_the_user_offline_after_the_grace() {
        let mut roster = roster();
        roster.join(SessionKey(1), signed("anna"), Cursor(0), Timestamp(0));
        roster.join(SessionKey(2), signed("anna"), Cursor(0), Timestamp(0));
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
        roster.join(SessionKey(1), signed("anna"), Cursor(0), Timestamp(0));
        assert_eq!(roster.tick(Timestamp(0)).len(), 1);
        roster.join(SessionKey(2), signed("bob"), Cursor(0), Timestamp(0));
        roster.join(SessionKey(3), signed("carl"), Cursor(0), Timestamp(0));
        assert_eq!(roster.tick(Timestamp(249)), []);
        assert_eq!(roster.next_deadline(), Some(Timestamp(250)));
        assert_eq!(news(&roster.tick(Timestamp(250))).len(), 2);
    }
}
