//! The widget as it was when this program was built, so that a release is one file.

use super::{Coding, Found};
use bytes::Bytes;

// `FILES`: every file of the folder, by its path, sorted; `BUILD`: changes with any of them.
include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

pub fn find(path: &str, codings: &[Coding]) -> Option<Found> {
    file(path)?;
    let mut codings = codings.iter().copied().chain([Coding::Plain]);
    codings.find_map(|coding| {
        let bytes = file(&format!("{path}{}", coding.suffix()))?;
        Some(Found { bytes: Bytes::from_static(bytes), coding, mark: format!("{BUILD}-{:x}", bytes.len()) })
    })
}

fn file(path: &str) -> Option<&'static [u8]> {
    let index = FILES.binary_search_by_key(&path, |(name, _)| name).ok()?;
    Some(FILES[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundle_holds_the_page_of_the_frame() {
        assert!(FILES.is_sorted_by_key(|(name, _)| *name));
        assert!(find("embed.html", &[]).is_some());
        assert!(find("nothing", &[]).is_none());
    }
}
