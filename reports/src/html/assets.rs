//! What every page carries inside it: styles, scripts, the chart library and its licence.

/// Colours, type and layout, for screen, phone and print.
pub(super) const THEME: &str = include_str!("../../assets/theme.css");
/// Filter, copying, links into folded parts.
pub(super) const PAGE_SCRIPT: &str = include_str!("../../assets/js/page.js");
/// Charts: what is drawn over, under and beside the lines, the keys, the tables.
pub(super) const CHARTS_SCRIPT: &str = include_str!("../../assets/js/charts.js");
/// Shows what is sent of a run that goes on.
pub(super) const LIVE_SCRIPT: &str = include_str!("../../assets/js/live.js");
/// The chart library as its authors publish it on npm, `dist/uPlot.iife.min.js`.
pub(super) const UPLOT: &str = include_str!("../../assets/uplot/uPlot.iife.min.js");
/// Its styles, `dist/uPlot.min.css`.
pub(super) const UPLOT_STYLE: &str = include_str!("../../assets/uplot/uPlot.min.css");
/// Its licence.
pub(super) const UPLOT_LICENCE: &str = include_str!("../../assets/uplot/LICENSE");
/// Its name and version.
pub(super) const UPLOT_NAME: &str = "uPlot 1.6.32";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_an_asset_ends_its_element_or_depends_on_the_checkout() {
        for asset in [THEME, PAGE_SCRIPT, CHARTS_SCRIPT, LIVE_SCRIPT, UPLOT, UPLOT_STYLE] {
            let lower = asset.to_lowercase();
            for end in ["</script", "</style", "<!--", "\r"] {
                assert!(!lower.contains(end), "{end:?}");
            }
        }
    }

    #[test]
    fn the_chart_library_is_the_version_we_say() {
        let version = UPLOT_NAME.split(' ').next_back().expect("a version");
        assert!(
            UPLOT
                .lines()
                .next()
                .is_some_and(|head| head.contains(&format!("(v{version})")))
        );
    }
}
