//! File sizes as people read them. Whole numbers only: formatting a float would cost the widget 14 KB.

const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];

/// `999 B`, `1.5 KB`, `12 MB`: one decimal below ten, none above, in steps of 1024.
pub fn bytes(size: u64, language: &str) -> String {
    if size < 1024 {
        return format!("{size} B");
    }
    let mut tenths = size.saturating_mul(10) / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    let (whole, tenth) = (tenths / 10, tenths % 10);
    if whole >= 10 || tenth == 0 {
        return format!("{whole} {name}");
    }
    let point = if language == "en" { '.' } else { ',' };
    format!("{whole}{point}{tenth} {name}")
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_short_and_in_the_language() {
        assert_eq!(bytes(0, "en"), "0 B");
        assert_eq!(bytes(1023, "en"), "1023 B");
        assert_eq!(bytes(1536, "en"), "1.5 KB");
        assert_eq!(bytes(1536, "it"), "1,5 KB");
        assert_eq!(bytes(157_286_400, "en"), "150 MB");
        assert_eq!(bytes(5 * 1024 * 1024, "it"), "5 MB");
        assert_eq!(bytes(u64::MAX, "en"), "1677721 TB");
    }
}
