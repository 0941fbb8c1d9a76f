//! The widget: Yew components around the pure `core`.
