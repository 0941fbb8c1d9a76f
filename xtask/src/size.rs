//! What a page loads, in bytes, and what of it is for calls.

use crate::{
    dist,
    run::{Outcome, step},
    tools,
    widget::{self, Profile},
};

pub fn size() -> Outcome {
    if Profile::asked()? != Profile::Release {
        return Err("what ships is weighed: without WIDGET_PROFILE".to_owned());
    }
    dist::build()?;
    let mut weigh = tools::with_tools("node")?;
    weigh.arg("loader/size.mjs").arg(dist::folder()).arg(widget::named()).args(widget::opt());
    step("weighing, with calls and without", 45, &mut weigh)
}
