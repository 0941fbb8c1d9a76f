//! The properties of a shape that can change, each by itself: of two people who change one shape at the same time, both have
//! their way, but for the one property that both changed.

use super::{
    Colour, FIRST_ORDER, MAX_COORDINATE, MAX_NAME_CHARS, MAX_TEXT_CHARS, MAX_WIDTH, Vector, valid_order,
};
use serde::{Deserialize, Serialize};

macro_rules! properties {
    ($($(#[$meta:meta])* $name:ident: $type:ty = $usual:expr,)*) => {
        /// How a shape looks and where it is.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(from = "Change", into = "Change")]
        pub struct Looks {
            $($(#[$meta])* pub $name: $type,)*
        }

        /// New values of some properties.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        pub struct Change {
            $($(#[$meta])* #[serde(default, skip_serializing_if = "Option::is_none")] pub $name: Option<$type>,)*
        }

        impl Default for Looks {
            fn default() -> Self {
                Self { $($name: $usual,)* }
            }
        }

        impl Looks {
            /// Takes the new values over.
            pub fn apply(&mut self, change: &Change) {
                $(if let Some(value) = &change.$name { self.$name.clone_from(value); })*
            }

            /// What has to be set to have those properties as they are now.
            pub fn undoing(&self, change: &Change) -> Change {
                Change { $($name: change.$name.as_ref().map(|_| self.$name.clone()),)* }
            }

            /// Those new values that are not what is there.
            pub fn differing(&self, change: Change) -> Change {
                Change { $($name: change.$name.filter(|value| value != &self.$name),)* }
            }
        }

        impl Change {
            pub fn is_empty(&self) -> bool {
                *self == Self::default()
            }

            /// This one, and then that one.
            pub fn then(&mut self, later: Self) {
                $(if later.$name.is_some() { self.$name = later.$name; })*
            }

            /// Of these values, those that `others` has as well.
            pub fn also_in(self, others: &Self) -> Self {
                Self { $($name: self.$name.filter(|value| others.$name.as_ref() == Some(value)),)* }
            }
        }

        /// What has its usual value need not be said.
        impl From<Looks> for Change {
            fn from(looks: Looks) -> Self {
                Looks::default().differing(Self { $($name: Some(looks.$name),)* })
            }
        }
    };
}

properties! {
    /// The corner of its box with the lowest coordinates, before it is turned; of a line its beginning.
    at: Vector = Vector::ZERO,
    /// From there to the other corner; of a line to its end. Of strokes and pictures, which are scaled to it, and of lines it
    /// may be negative: mirrored.
    size: Vector = Vector::ZERO,
    /// Turned about the middle of its box, clockwise, in hundredths of a degree: 0 to 35,999.
    turn: u16 = 0,
    /// Its place among the shapes of the page, from the back to the front; of equal ones the ids decide.
    order: String = FIRST_ORDER.to_owned(),
    /// Of lines and letters.
    stroke: Colour = Colour::Ink,
    fill: Colour = Colour::None,
    /// Of lines, in sixteenths of a unit.
    width: u16 = 48,
    /// In hundredths: 0 (not to be seen) to 100.
    opacity: u8 = 100,
    /// Plain text, may be of several lines.
    text: String = String::new(),
    /// Height of a line's letters, in sixteenths of a unit.
    text_size: u16 = 320,
    /// What a screen reader says; empty to say what it is.
    name: String = String::new(),
    /// Not to be moved or erased by accident.
    locked: bool = false,
}

impl From<Change> for Looks {
    fn from(change: Change) -> Self {
        let mut looks = Self::default();
        looks.apply(&change);
        looks
    }
}

impl Change {
    /// Whether every value is in its range.
    ///
    /// # Errors
    /// Which one is not, in English.
    pub fn check(&self) -> Result<(), &'static str> {
        let far = |vector: &Vector| vector.x.abs().max(vector.y.abs()) > MAX_COORDINATE;
        let long = |text: &String, most| text.len() > most && text.chars().count() > most;
        let thick = |width| width > MAX_WIDTH;
        for (wrong, reason) in [
            (self.at.as_ref().is_some_and(far), "at is too far out"),
            (self.size.as_ref().is_some_and(far), "size is too large"),
            (self.turn.is_some_and(|turn| turn >= 36_000), "turn is not below 36,000"),
            (self.order.as_ref().is_some_and(|order| !valid_order(order)), "order is no place"),
            (self.width.is_some_and(thick), "width is too large"),
            (self.opacity.is_some_and(|opacity| opacity > 100), "opacity is over 100"),
            (self.text.as_ref().is_some_and(|text| long(text, MAX_TEXT_CHARS)), "text is too long"),
            (self.text_size.is_some_and(thick), "text_size is too large"),
            (self.name.as_ref().is_some_and(|name| long(name, MAX_NAME_CHARS)), "name is too long"),
        ] {
            if wrong {
                return Err(reason);
            }
        }
        Ok(())
    }
}
