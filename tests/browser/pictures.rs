//! The pictures of the README.
//!
//! They are taken anew by `PROOFLOAD_PICTURES=docs/pictures cargo test --test browser pictures`; without the variable they
//! are taken all the same, looked at as far as a test can, and thrown away.

use crate::chromium::{View, open};
use crate::{charts, load, overlay};
use proofload_reports::html;
use proofload_results::examples;
use std::path::{Path, PathBuf};

/// Where the pictures go: a folder named from the root of the sources, or one that goes away.
fn folder(temporary: &Path) -> PathBuf {
    match std::env::var_os("PROOFLOAD_PICTURES") {
        Some(named) => Path::new(env!("CARGO_MANIFEST_DIR")).join(named),
        None => temporary.to_owned(),
    }
}

#[tokio::test]
async fn pictures_show_pages_with_their_charts_drawn() {
    let temporary = tempfile::tempdir().expect("a directory");
    let folder = folder(temporary.path());
    for (name, html, height, charts_on_it) in [
        ("load", load::page_of(600), 1_500, 10),
        ("overlay", overlay::page_of([300, 300]), 1_500, 9),
        ("capacity", html::capacity(&examples::capacity::found()), 1_250, 2),
        ("gate", html::gate(&examples::gate::regressed()), 900, 0),
    ] {
        let page = open(&html, View { height, ..View::DESK }).await;
        if name == "overlay" {
            page.run("document.querySelector('#figures').remove(); document.querySelector('#differences').remove()")
                .await;
        }
        if charts_on_it > 0 {
            let drawn = "[...document.querySelectorAll('.plot')].filter((plot) => plot.chart).length";
            page.until(&format!("{drawn} >= {charts_on_it}")).await;
        }
        if name == "load" {
            charts::have_drawn(&page, charts_on_it).await;
            page.run("document.querySelector('#time').scrollIntoView({ behavior: 'instant' })")
                .await;
        }
        let picture = page.webp().await;
        assert!(
            picture.starts_with(b"RIFF") && picture.len() > 15_000,
            "{name}: {} bytes",
            picture.len()
        );
        std::fs::write(folder.join(format!("{name}.webp")), picture).expect("written");
        page.close().await;
    }
}
