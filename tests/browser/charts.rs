//! What is asked of every chart of every report.

use crate::chromium::Opened;

/// Every chart has drawn something: its canvas has pixels of several colours.
pub(crate) async fn have_drawn(page: &Opened, at_least: usize) {
    let colours: Vec<usize> = page
        .value(
            "[...document.querySelectorAll('.plot')].map((plot) => { const canvas = plot.querySelector('canvas'); if (!canvas) return 0; \
             const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height); const seen = new Set(); \
             for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 200) seen.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2]); \
             return seen.size; })",
        )
        .await;
    assert!(colours.len() >= at_least, "{} charts", colours.len());
    assert!(colours.iter().all(|count| *count > 5), "{colours:?}");
}

/// Pointing at a chart shows the value that stands in the table behind it.
pub(crate) async fn answer_the_mouse(page: &Opened, figure: &str, across: f64) {
    let plot = format!("#{figure} .plot");
    page.point_at(&format!("{plot} .u-over"), across).await;
    page.until(&format!("document.querySelector('{plot}').chart.cursor.idx != null"))
        .await;
    page.value::<bool>(&format!("document.querySelector('#{figure} details.data').open = true"))
        .await;
    page.until(&format!("document.querySelector('#{figure} details.data tbody tr')"))
        .await;
    let (hovered, table): (Vec<String>, Vec<String>) = page
        .value(&format!(
            "(() => {{ const u = document.querySelector('{plot}').chart; \
             const row = document.querySelectorAll('#{figure} details.data tbody tr')[u.cursor.idx]; \
             return [[...document.querySelectorAll('{plot} .u-legend .u-value')].map((cell) => cell.textContent), \
             [...row.cells].map((cell) => cell.textContent)]; }})()"
        ))
        .await;
    assert_eq!(hovered, table, "{figure}");
    assert!(
        hovered
            .iter()
            .skip(1)
            .any(|value| value.chars().any(|c| c.is_ascii_digit())),
        "{hovered:?}"
    );
}

/// Dragging zooms in, Escape shows everything again, a click on the legend hides a line.
pub(crate) async fn zoom_and_toggle(page: &Opened, figure: &str) {
    let chart = format!("document.querySelector('#{figure} .plot').chart");
    let span = format!("(({{ min, max }}) => max - min)({chart}.scales.x)");
    let whole: f64 = page.value(&span).await;
    page.drag(&format!("#{figure} .u-over"), 0.3, 0.6).await;
    page.until(&format!("{span} < {whole} * 0.5")).await;
    page.run(&format!("document.querySelector('#{figure} .plot').focus()"))
        .await;
    page.value::<bool>(&format!(
        "document.querySelector('#{figure} .plot').dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Escape', bubbles: true }}))"
    ))
    .await;
    page.until(&format!("Math.abs({span} - {whole}) < 1e-6")).await;
    page.click(&format!("#{figure} .u-legend tr:nth-child(2) .u-label"))
        .await;
    page.until(&format!("{chart}.series[1].show === false")).await;
}
