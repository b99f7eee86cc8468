//! What every page carries inside it: styles, scripts, the chart library and its licence.

/// Colours, type and layout, for screen, phone and print.
pub(super) const THEME: &str = include_str!("../../assets/theme.css");
/// Filter, copying, links into folded parts.
pub(super) const PAGE_SCRIPT: &str = include_str!("../../assets/js/page.js");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_an_asset_ends_its_element_or_depends_on_the_checkout() {
        for asset in [THEME, PAGE_SCRIPT] {
            let lower = asset.to_lowercase();
            for end in ["</script", "</style", "<!--", "\r"] {
                assert!(!lower.contains(end), "{end:?}");
            }
        }
    }
}
