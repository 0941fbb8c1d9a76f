//! The pictures of the people in a call.

use super::ui::avatar::Avatar;
use bandyer_core::select::Person;
use bandyer_core::{State, select};
use yew::prelude::*;

/// This user.
pub fn myself(state: &State) -> Option<Person> {
    let alias = select::my_alias(state)?.clone();
    Some(Person {
        name: state.users.name(&alias).to_owned(),
        image: state.users.get(&alias).and_then(|user| user.image.clone()),
        presence: state.users.presence(&alias),
        alias,
    })
}

pub fn portrait(person: &Person, size: u16) -> Html {
    let Person { alias, name, image, .. } = person;
    html! { <Avatar name={name.clone()} alias={alias.to_string()} image={image.clone().map(AttrValue::from)} {size} /> }
}
