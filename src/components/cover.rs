//! What covers the chat: the view of a call that is in front.

use super::call_failure::failure_view;
use super::call_view::CallView;
use super::call_window::window_view;
use super::dial_view::{Ringing, dial_view, ringing, use_fresh, use_ring_focus};
use super::feedback::{NONE, Opinion, feedback_page};
use super::screen::focus;
use crate::hooks::{use_dispatch, use_selector, use_styles};
use crate::i18n::use_i18n;
use bandyer_core::calls::CallFront;
use yew::prelude::*;

/// Nothing without such a view. It gets focus when it comes: all of it, not a button, so that who is typing does not
/// answer by accident.
#[hook]
pub fn use_cover(call: Option<CallFront>) -> Html {
    let (i18n, styles) = (use_i18n(), use_styles());
    let dispatch = use_dispatch();
    let ringing = use_selector(ringing);
    let fresh = use_fresh(ringing.as_ref());
    let (node, comment) = (use_node_ref(), use_node_ref());
    use_ring_focus(ringing.as_ref(), &node, call.is_none());
    let sent = use_selector(|state| state.calls.feedback.as_ref().is_some_and(|view| view.sent));
    let rating = use_state(|| NONE);
    {
        let (node, rating) = (node.clone(), rating.clone());
        use_effect_with((call, sent), move |(call, _)| {
            match call {
                // It sees to that itself.
                Some(CallFront::Call) | None => {}
                Some(CallFront::Dial | CallFront::Window(_) | CallFront::Failure(_)) => focus(&node),
                Some(CallFront::Feedback) => {
                    rating.set(NONE);
                    focus(&node);
                }
            }
        });
    }
    match call {
        None => Html::default(),
        Some(CallFront::Call) => html! { <CallView key="call" /> },
        Some(CallFront::Dial) => {
            let view = |ringing: Ringing| dial_view(&i18n, &styles, &dispatch, node, &ringing, fresh);
            ringing.map(view).unwrap_or_default()
        }
        Some(CallFront::Window(window)) => window_view(&i18n, &styles, &dispatch, node, window),
        Some(CallFront::Failure(failure)) => failure_view(&i18n, &styles, &dispatch, node, failure),
        Some(CallFront::Feedback) => {
            feedback_page(&i18n, &styles, &dispatch, node, sent, Opinion { rating, comment })
        }
    }
}
