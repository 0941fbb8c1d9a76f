//! What a page loads, in bytes.

use crate::{
    dist,
    run::{Outcome, run},
    tools,
};

pub fn size() -> Outcome {
    dist::build()?;
    run(tools::with_tools("node")?.arg("loader/size.mjs").arg(dist::folder()))
}
