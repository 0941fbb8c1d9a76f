//! Why a device does not work, plainly, and what can be done about it.

use super::Kit;
use crate::components::ui::button::{IconButton, icon_button};
use crate::components::ui::icon::{Icon, icon};
use crate::i18n::Text;
use bandyer_core::action::CallAction;
use bandyer_core::calls::{LocalMedia, MediaProblem, MediaWant, Source};
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// What the card is about, and how it is put away.
pub(super) struct Trouble {
    pub about: Option<(MediaWant, MediaProblem)>,
    onclose: Callback<MouseEvent>,
}

#[derive(Default)]
struct Memory {
    /// A refused microphone is asked for again and again; meanwhile the card stays.
    mic: Option<MediaProblem>,
    put_away: Option<(MediaWant, MediaProblem)>,
}

impl Memory {
    /// What is to be said now.
    fn look(&mut self, local: &LocalMedia) -> Option<(MediaWant, MediaProblem)> {
        match local.mic {
            Source::Failed(problem) => self.mic = Some(problem),
            Source::Opening => {}
            Source::Off | Source::On | Source::Muted => self.mic = None,
        }
        let mic = self.mic.map(|problem| (MediaWant::Mic, problem));
        let found = mic.or_else(|| failed(MediaWant::Camera, local.camera)).or_else(|| {
            // The other troubles of sharing a screen pass with a line.
            failed(MediaWant::Screen, local.screen)
                .filter(|(_, problem)| *problem == MediaProblem::ExtensionMissing)
        });
        if found.is_none() {
            self.put_away = None;
        }
        found.filter(|found| self.put_away != Some(*found))
    }
}

fn failed(want: MediaWant, source: Source) -> Option<(MediaWant, MediaProblem)> {
    match source {
        Source::Failed(problem) => Some((want, problem)),
        Source::Off | Source::Opening | Source::On | Source::Muted => None,
    }
}

#[hook]
pub(super) fn use_trouble(local: &LocalMedia) -> Trouble {
    let memory: Rc<RefCell<Memory>> = use_mut_ref(Memory::default);
    let again = use_force_update();
    let about = memory.borrow_mut().look(local);
    let onclose = Callback::from(move |_: MouseEvent| {
        memory.borrow_mut().put_away = about;
        again.force_update();
    });
    Trouble { about, onclose }
}

pub(super) fn card(kit: &Kit, trouble: &Trouble) -> Html {
    let Some((want, problem)) = trouble.about else { return Html::default() };
    let close = IconButton::new(Icon::Close, kit.text(Text::NoticeDismiss), trouble.onclose.clone());
    html! {
        <div class="trouble" role="alert" data-testid="call-problem" data-code={problem.as_str()} data-want={want_word(want)}>
            <span class="sign">{ icon(sign(want), 20) }</span>
            <div>
                <strong>{ kit.text(problem_title(want)) }</strong>
                <p>{ kit.text(reason(problem)) }</p>
                { way_out(kit, want, problem) }
            </div>
            { icon_button(kit.styles, IconButton { icon_size: 16, size: 28, testid: Some("call-problem-close"), ..close }) }
        </div>
    }
}

fn way_out(kit: &Kit, want: MediaWant, problem: MediaProblem) -> Html {
    let address = &kit.scene.options.screen_sharing_extension_url;
    if problem == MediaProblem::ExtensionMissing {
        if address.is_empty() {
            return Html::default();
        }
        return html! {
            <a class="go" href={address.clone()} target="_blank" rel="noopener noreferrer" data-testid="call-install">
                { kit.text(Text::ProblemInstall) }
            </a>
        };
    }
    let onclick = kit.act(CallAction::AskAgain(want));
    html! { <button type="button" class="go" {onclick} data-testid="call-try-again">{ kit.text(Text::MessageRetry) }</button> }
}

/// The browser plays no sound before a tap. Nothing else can be done before it.
pub(super) fn playback(kit: &Kit, button: NodeRef) -> Html {
    html! {
        <div class="veil" role="alertdialog" aria-modal="true" aria-label={kit.text(Text::CallPlaybackTitle)} data-testid="call-playback">
            <span class="sign">{ icon(Icon::Sound, 34) }</span>
            <strong>{ kit.text(Text::CallPlaybackTitle) }</strong>
            <p>{ kit.text(Text::CallPlaybackHint) }</p>
            <button ref={button} type="button" class="go" onclick={kit.act(CallAction::AllowPlayback)} data-testid="call-play">
                { kit.text(Text::CallPlaybackButton) }
            </button>
        </div>
    }
}

fn sign(want: MediaWant) -> Icon {
    match want {
        MediaWant::Mic => Icon::MicOff,
        MediaWant::Camera => Icon::VideoOff,
        MediaWant::Screen => Icon::ScreenOff,
    }
}

fn want_word(want: MediaWant) -> &'static str {
    match want {
        MediaWant::Mic => "mic",
        MediaWant::Camera => "camera",
        MediaWant::Screen => "screen",
    }
}

pub(super) fn problem_title(want: MediaWant) -> Text {
    match want {
        MediaWant::Mic => Text::ProblemMic,
        MediaWant::Camera => Text::ProblemCamera,
        MediaWant::Screen => Text::ProblemScreen,
    }
}

pub(super) fn reason(problem: MediaProblem) -> Text {
    match problem {
        MediaProblem::NotSecure => Text::ProblemNotSecure,
        MediaProblem::FrameBlocked => Text::ProblemFrame,
        MediaProblem::PolicyBlocked => Text::ProblemPolicy,
        MediaProblem::Refused => Text::ProblemRefused,
        MediaProblem::NotFound => Text::ProblemNotFound,
        MediaProblem::InUse => Text::ProblemInUse,
        MediaProblem::Unsupported => Text::ProblemUnsupported,
        MediaProblem::ExtensionMissing => Text::ProblemExtension,
        MediaProblem::Dismissed | MediaProblem::Unknown => Text::ProblemUnknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(mic: Source, camera: Source, screen: Source) -> LocalMedia {
        LocalMedia { mic, camera, screen }
    }

    #[test]
    fn the_card_stays_while_a_refused_microphone_is_asked_for_again() {
        let mut memory = Memory::default();
        let refused = Source::Failed(MediaProblem::Refused);
        let said = Some((MediaWant::Mic, MediaProblem::Refused));
        assert_eq!(memory.look(&local(Source::Opening, Source::Off, Source::Off)), None);
        assert_eq!(memory.look(&local(refused, Source::Off, Source::Off)), said);
        assert_eq!(memory.look(&local(Source::Opening, Source::Off, Source::Off)), said);
        memory.put_away = said;
        assert_eq!(memory.look(&local(refused, Source::Off, Source::Off)), None);
        assert_eq!(memory.look(&local(Source::On, Source::Off, Source::Off)), None);
        assert_eq!(memory.look(&local(refused, Source::Off, Source::Off)), said);
    }

    #[test]
    fn the_microphone_comes_before_the_camera_and_of_screens_only_the_extension_counts() {
        let mut memory = Memory::default();
        let (refused, used) = (Source::Failed(MediaProblem::Refused), Source::Failed(MediaProblem::InUse));
        let missing = Source::Failed(MediaProblem::ExtensionMissing);
        let about = memory.look(&local(refused, used, missing)).map(|(want, _)| want);
        assert_eq!(about, Some(MediaWant::Mic));
        let about = memory.look(&local(Source::On, used, missing)).map(|(want, _)| want);
        assert_eq!(about, Some(MediaWant::Camera));
        let about = memory.look(&local(Source::On, Source::On, missing)).map(|(want, _)| want);
        assert_eq!(about, Some(MediaWant::Screen));
        assert_eq!(memory.look(&local(Source::On, Source::On, refused)), None);
    }
}
