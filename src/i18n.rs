//! The widget's texts in its languages.
