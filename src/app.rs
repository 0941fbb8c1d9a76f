//! The root component: gives the widget's surroundings to everything inside.

use crate::hooks::Surroundings;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct AppProps {
    pub surroundings: Surroundings,
}

#[component]
pub fn App(props: &AppProps) -> Html {
    html! {
        <ContextProvider<Surroundings> context={props.surroundings.clone()}>{ Html::default() }</ContextProvider<Surroundings>>
    }
}
