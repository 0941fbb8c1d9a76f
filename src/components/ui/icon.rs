//! The icons: strokes on a 24 by 24 grid in the colour of the text around them, drawn for this widget.

use yew::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Alert,
    Attach,
    Back,
    Chat,
    Check,
    CheckTwice,
    Clock,
    Close,
    Download,
    Down,
    File,
    Offline,
    Picture,
    Retry,
    Search,
    Send,
    Trash,
    Upload,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Icon::Alert => "M12 7.5v5.5M12 16.5v.01M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18",
            Icon::Attach => {
                "M20 11.5l-7.8 7.8a5 5 0 0 1-7.1-7.1l8-8a3.4 3.4 0 0 1 4.8 4.8l-7.9 7.9a1.7 1.7 0 0 1-2.4-2.4L14.8 7.3"
            }
            Icon::Back => "M19 12H5.5M11.5 5.5L5 12l6.5 6.5",
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
