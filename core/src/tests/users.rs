//! Presence events and names.

use super::rig::*;
use crate::action::{DetailsEvent, PanelAction};
use crate::effect::DetailsCommand;
use crate::{Action, ApiCall, ClientEvent, Effect, select};
use bandyer_protocol::*;

fn changed(users: &[(&str, Presence)]) -> ServerMessage {
    ServerMessage::User(UserNews::PresenceChanged {
        users: users.iter().map(|(user, p)| (alias(user), *p)).collect(),
    })
}

fn described(effects: &[Effect]) -> Vec<Vec<&str>> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Details(DetailsCommand::Describe(users)) => {
                Some(users.iter().map(|user| user.alias.as_str()).collect())
            }
            _ => None,
        })
        .collect()
}

#[test]
fn coming_and_going_is_announced_once_and_never_ones_own() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    for user in ["bob", "stranger"] {
        let connected = ClientEvent::UserConnected { user: alias(user) };
        let disconnected = ClientEvent::UserDisconnected { user: alias(user) };
        assert_eq!(emitted(&rig.told(changed(&[(user, Presence::Online)]))), vec![&connected]);
        assert!(emitted(&rig.told(changed(&[(user, Presence::Online)]))).is_empty());
        assert!(emitted(&rig.told(changed(&[(user, Presence::Busy)]))).is_empty());
        assert_eq!(emitted(&rig.told(changed(&[(user, Presence::Offline)]))), vec![&disconnected]);
        assert!(emitted(&rig.told(changed(&[(user, Presence::Offline)]))).is_empty());
    }
    assert!(emitted(&rig.told(changed(&[("anna", Presence::Online)]))).is_empty());
    assert!(emitted(&rig.told(changed(&[("anna", Presence::Offline)]))).is_empty());
}

#[test]
fn who_is_there_at_first_is_no_news_but_who_came_meanwhile_is() {
    let mut rig = Rig::new();
    rig.api(ApiCall::Create);
    rig.act(Action::Socket(crate::action::SocketEvent::Opened));
    let present = |users: &[&str]| Sync {
        present: users.iter().map(|user| (alias(user), Presence::Online)).collect(),
        ..sync(1, vec![summary("bob", 0, 0), summary("carl", 0, 0)])
    };
    assert!(emitted(&rig.welcome(present(&["bob"]))).is_empty());
    assert_eq!(rig.state.users.presence(&alias("bob")), Presence::Online);
    let effects = rig.reconnect(present(&["carl"]));
    assert_eq!(
        emitted(&effects),
        vec![
            &ClientEvent::UserDisconnected { user: alias("bob") },
            &ClientEvent::UserConnected { user: alias("carl") }
        ]
    );
}

#[test]
fn everybody_is_described_once_in_one_go_when_the_panel_opens() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0), summary("carl", 0, 0)]);
    let effects = rig.user(PanelAction::Toggle);
    assert_eq!(described(&effects), vec![vec!["anna", "bob", "carl"]]);
    rig.user(PanelAction::Toggle);
    assert!(described(&rig.user(PanelAction::Toggle)).is_empty());
    let summary = Box::new(summary("dora", 0, 0));
    let effects = rig.event(ChatNews::Added { summary, profile: Box::new(profile("dora")) });
    assert_eq!(described(&effects), vec![vec!["dora"]]);
}

#[test]
fn a_hidden_widget_asks_for_no_names() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    rig.api(ApiCall::HideWidget);
    assert!(described(&rig.api(ApiCall::OpenWidget)).is_empty());
    assert_eq!(described(&rig.api(ApiCall::ShowWidget)).len(), 1);
}

#[test]
fn the_alias_stands_in_for_a_name() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    let name = |rig: &Rig| select::chat_view(&rig.state, &chat_with("bob")).unwrap().name;
    assert_eq!(name(&rig), "bob");
    let resolved = |user: &str, name: &str| {
        Action::Details(DetailsEvent::Resolved {
            user: alias(user),
            name: name.into(),
            key: crate::letters::key(name),
            image: Some("i".into()),
        })
    };
    rig.act(resolved("bob", "Bob B."));
    assert_eq!(name(&rig), "Bob B.");
    rig.act(resolved("anna", "Anna A."));
    assert_eq!(select::me(&rig.state).unwrap().name, "Anna A.");
    rig.reconnect(sync(11, vec![summary("bob", 0, 0)]));
    assert_eq!(name(&rig), "Bob B.", "a name outlives the line");
}

#[test]
fn a_new_name_or_picture_is_shown_and_the_host_is_asked_for_a_name_anew() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    let renamed = |user: &str, first_name: &str, image: &str| UserProfile {
        first_name: Some(first_name.into()),
        image: Some(image.into()),
        ..profile(user)
    };
    let tell = |rig: &mut Rig, profile: UserProfile| rig.told(UserNews::Changed(Box::new(profile)));
    // Nobody has looked yet: nothing is asked of the host.
    assert!(described(&tell(&mut rig, renamed("bob", "Robert", "/1"))).is_empty());
    rig.user(PanelAction::Toggle);
    let (name, image) = ("Robert B.".to_owned(), Some("https://host/robert.png".to_owned()));
    rig.act(Action::Details(DetailsEvent::Resolved { user: alias("bob"), key: name.clone(), name, image }));
    for user in ["bob", "anna"] {
        let effects = tell(&mut rig, renamed(user, "Bobby", "/2"));
        assert_eq!(described(&effects), vec![vec![user]]);
        let known = rig.state.users.get(&alias(user)).unwrap();
        assert_eq!(known.profile.first_name.as_deref(), Some("Bobby"));
        assert_eq!(known.image.as_deref(), Some("/2"), "the old one may be gone");
    }
    assert_eq!(tell(&mut rig, renamed("bob", "Bobby", "/2")), [], "said twice, it is no news");
    assert_eq!(tell(&mut rig, renamed("stranger", "S", "/3")), []);
    assert!(rig.state.users.get(&alias("stranger")).is_none());
}
