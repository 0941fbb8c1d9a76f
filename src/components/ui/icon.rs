//! The icons: strokes on a 24 by 24 grid in the colour of the text around them, drawn for this widget.

use yew::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Alert,
    Attach,
    Back,
    Board,
    Chat,
    Check,
    CheckTwice,
    Clock,
    Close,
    Down,
    Download,
    Expand,
    File,
    HangUp,
    Mic,
    MicOff,
    Missed,
    Offline,
    Phone,
    Picture,
    Pip,
    Plus,
    Retry,
    Screen,
    ScreenOff,
    Search,
    Send,
    Settings,
    Shrink,
    Sound,
    Star,
    Trash,
    Upload,
    Video,
    VideoOff,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Icon::Alert => "M12 7.5v5.5M12 16.5v.01M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18",
            Icon::Attach => {
                "M20 11.5l-7.8 7.8a5 5 0 0 1-7.1-7.1l8-8a3.4 3.4 0 0 1 4.8 4.8l-7.9 7.9a1.7 1.7 0 0 1-2.4-2.4L14.8 7.3"
            }
            Icon::Back => "M19 12H5.5M11.5 5.5L5 12l6.5 6.5",
            Icon::Board => {
                "M4 5h16v11H4zM9 20l3-4 3 4M8 12.5c1.2-3 2.6-4.4 4-4.4 1.8 0 .4 3.8 2 3.8.8 0 1.5-.6 2-1.6"
            }
            Icon::Chat => {
                "M7 18.2L3.5 20.5l.9-4.3A8 8 0 0 1 3 11.7C3 7.2 7 3.7 12 3.7s9 3.5 9 8-4 8-9 8c-1.8 0-3.5-.5-5-1.5M8.2 11.7v.01M12 11.7v.01M15.8 11.7v.01"
            }
            Icon::Check => "M5 12.8l4.5 4.5L19 7.5",
            Icon::CheckTwice => "M2 12.8l4.5 4.5L16 7.5M12.2 16.3l1 1L22.5 7.5",
            Icon::Clock => "M12 7v5l3 2M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17",
            Icon::Close => "M6 6l12 12M18 6L6 18",
            Icon::Download => "M12 4v11M7 10.5l5 5 5-5M5 20h14",
            Icon::Down => "M6 9.5l6 6 6-6",
            Icon::File => "M13.5 3H7.5A2 2 0 0 0 5.5 5v14a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2V8zM13.5 3v5h5",
            Icon::Offline => {
                "M3 3l18 18M5 12.5a10 10 0 0 1 4-2.4M19 12.5a10 10 0 0 0-5.5-2.9M8.5 16a5 5 0 0 1 7 0M2 9a14.5 14.5 0 0 1 3.5-2.3M22 9a14.5 14.5 0 0 0-11.5-3.9M12 19.5v.01"
            }
            Icon::Picture => {
                "M5.5 4h13A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5v-13A1.5 1.5 0 0 1 5.5 4M4 16.5l4.5-4.5 4 4 2.5-2.5 5 5M15 8.7v.01"
            }
            Icon::Retry => "M20 5v5h-5M19.6 10A8 8 0 1 0 20 14",
            Icon::Search => "M16 16l4.5 4.5M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13",
            Icon::Send => "M12 19V5.5M5.8 11.3L12 5l6.2 6.3",
            Icon::Trash => {
                "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12a1.5 1.5 0 0 0 1.5 1.4h6.4a1.5 1.5 0 0 0 1.5-1.4l.8-12"
            }
            Icon::Expand => "M4 9.5V4h5.5M20 14.5V20h-5.5M4 4l6.2 6.2M20 20l-6.2-6.2",
            Icon::HangUp => {
                "M2.6 14.8v-1.6C5 10.5 8.3 9.2 12 9.2s7 1.3 9.4 4v1.6a1.5 1.5 0 0 1-1.9 1.4l-3-.8a1.4 1.4 0 0 1-1-1.4v-1.5a13.4 13.4 0 0 0-7 0V14a1.4 1.4 0 0 1-1 1.4l-3 .8a1.5 1.5 0 0 1-1.9-1.4"
            }
            Icon::Mic => {
                "M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"
            }
            Icon::MicOff => {
                "M9 9.5v2a3 3 0 0 0 4.6 2.5M15 10.5v-4a3 3 0 0 0-5.8-1.1M5.5 11.5a6.5 6.5 0 0 0 10.4 5.2M18.5 11.5a6.5 6.5 0 0 1-.6 2.7M12 18v3M3.5 3.5l17 17"
            }
            Icon::Missed => {
                "M6 3.5l6 4.5 6.5-5M6 8V3.5h4.8M2.6 18.3v-1.6c2.4-2.7 5.7-4 9.4-4s7 1.3 9.4 4v1.6a1.5 1.5 0 0 1-1.9 1.4l-3-.8a1.4 1.4 0 0 1-1-1.4V16a13.4 13.4 0 0 0-7 0v1.5a1.4 1.4 0 0 1-1 1.4l-3 .8a1.5 1.5 0 0 1-1.9-1.4"
            }
            Icon::Phone => {
                "M4.5 3.5l2.9-.3a1.6 1.6 0 0 1 1.6.9l1.3 2.9a1.6 1.6 0 0 1-.4 1.9L8.5 10.2a12 12 0 0 0 5.3 5.3l1.3-1.4a1.6 1.6 0 0 1 1.9-.4l2.9 1.3a1.6 1.6 0 0 1 .9 1.6l-.3 2.9a1.7 1.7 0 0 1-1.8 1.5A16.6 16.6 0 0 1 3 5.3a1.7 1.7 0 0 1 1.5-1.8"
            }
            Icon::Pip => {
                "M10 18.5H4.5A1.5 1.5 0 0 1 3 17V6.5A1.5 1.5 0 0 1 4.5 5h15A1.5 1.5 0 0 1 21 6.5V10M14.5 13.5h5A1.5 1.5 0 0 1 21 15v3a1.5 1.5 0 0 1-1.5 1.5h-5A1.5 1.5 0 0 1 13 18v-3a1.5 1.5 0 0 1 1.5-1.5"
            }
            Icon::Plus => "M12 5v14M5 12h14",
            Icon::Screen => {
                "M4.5 4.5h15A1.5 1.5 0 0 1 21 6v9.5a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 15.5V6a1.5 1.5 0 0 1 1.5-1.5M8 20.5h8M12 14V8.5M9.5 10.5L12 8l2.5 2.5"
            }
            Icon::ScreenOff => {
                "M4.5 4.5h15A1.5 1.5 0 0 1 21 6v9.5a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 15.5V6a1.5 1.5 0 0 1 1.5-1.5M8 20.5h8M9.8 8.6l4.4 4.4M14.2 8.6l-4.4 4.4"
            }
            Icon::Settings => {
                "M4 7.5h8M18 7.5h2M15 4.7a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M4 16.5h2M12 16.5h8M9 13.7a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6"
            }
            Icon::Shrink => "M10 4v6H4M14 20v-6h6M10 10L3.8 3.8M14 14l6.2 6.2",
            Icon::Sound => "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4.5 4.5 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
            Icon::Star => "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z",
            Icon::Video => {
                "M4.5 6.5h9A1.5 1.5 0 0 1 15 8v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5M15 11l6-3.5v9L15 13"
            }
            Icon::VideoOff => {
                "M10 6.5h3.5A1.5 1.5 0 0 1 15 8v3l6-3.5v9l-3-1.8M15 15.5v.5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5H6M3 3l18 18"
            }
            Icon::Upload => "M12 16V5M7 9.5l5-5 5 5M5 20h14",
        }
    }
}

/// The picture only: whoever uses it gives it a name in words.
pub fn icon(icon: Icon, size: u16) -> Html {
    let size = AttrValue::from(size.to_string());
    html! {
        <svg viewBox="0 0 24 24" width={size.clone()} height={size} fill="none" stroke="currentColor" stroke-width="2"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
            <path d={icon.path()} />
        </svg>
    }
}
