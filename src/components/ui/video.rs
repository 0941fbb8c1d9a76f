//! A moving picture: whatever stream is in a slot, as long as it is there.

use crate::hooks::{use_class, use_stream};
use crate::styles::Css;
use bandyer_core::calls::MediaSlot;
use bandyer_css::css;
use web_sys::HtmlVideoElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct VideoProps {
    pub slot: MediaSlot,
    /// As in a mirror, which is how people know themselves.
    #[prop_or_default]
    pub mirrored: bool,
    /// All of the picture instead of a full frame.
    #[prop_or_default]
    pub whole: bool,
}

/// Always without sound: what is heard must go on when no view is there, so that is the services' business.
#[component]
pub fn Video(props: &VideoProps) -> Html {
    let class = use_class(style);
    let node = use_node_ref();
    let stream = use_stream(props.slot);
    {
        let node = node.clone();
        use_effect_with(stream, move |stream| {
            let video = node.cast::<HtmlVideoElement>();
            if let Some(video) = &video {
                video.set_muted(true);
                video.set_src_object(stream.as_ref());
            }
            move || {
                if let Some(video) = video {
                    video.set_src_object(None);
                }
            }
        });
    }
    let classes =
        classes!(class.to_string(), props.mirrored.then_some("mirrored"), props.whole.then_some("whole"));
    html! {
        <video ref={node} class={classes} autoplay={true} playsinline={true} muted={true} aria-hidden="true"
            data-slot={slot_name(props.slot)} />
    }
}

/// For `data-slot`, by which tests find a picture.
pub fn slot_name(slot: MediaSlot) -> &'static str {
    match slot {
        MediaSlot::OwnMic => "own-mic",
        MediaSlot::OwnCamera => "own-camera",
        MediaSlot::OwnScreen => "own-screen",
        MediaSlot::PeerAudio => "peer-audio",
        MediaSlot::PeerCamera => "peer-camera",
        MediaSlot::PeerScreen => "peer-screen",
        MediaSlot::Preview => "preview",
    }
}

fn style() -> Css {
    css!(
        r#"
        display: block;
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;

        &.whole { object-fit: contain; }
        &.mirrored { transform: scaleX(-1); }
        "#
    )
}
