//! A message of one group is a message: so that it need not be wrapped where it is said.

macro_rules! nests {
    ($outer:ident: $($group:ident($inner:ident)),*) => {$(
        impl From<$inner> for $outer {
            fn from(inner: $inner) -> Self {
                $outer::$group(inner)
            }
        }
    )*};
}

pub(crate) use nests;
