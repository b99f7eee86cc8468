//! The tests themselves: would they notice?

use crate::chromium::{View, open};

#[tokio::test]
async fn what_a_page_must_not_do_is_noticed() {
    let html = "<!DOCTYPE html><meta http-equiv=Content-Security-Policy content=\"script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='\">\
                <img src='http://127.0.0.1:9/x.png'><script>document.title = 'ran'</script>";
    let page = open(html, View::DESK).await;
    page.until("document.querySelector('img').complete").await;
    let complaints = page.complaints().await;
    assert!(
        complaints.iter().any(|c| c.starts_with("request: http://127.0.0.1:9/")),
        "{complaints:?}"
    );
    assert!(
        complaints.iter().any(|c| c.contains("Content Security Policy")),
        "{complaints:?}"
    );
    assert_eq!(page.value::<String>("document.title").await, "");
    page.end().await;
}

#[tokio::test]
async fn an_exception_is_noticed() {
    let page = open(
        "<!DOCTYPE html><script>setTimeout(() => { setTimeout(() => { window.thrown = true; }); throw new Error('oh'); })</script>",
        View::DESK,
    )
    .await;
    page.until("window.thrown").await;
    let complaints = page.complaints().await;
    assert!(complaints.iter().any(|c| c.starts_with("exception")), "{complaints:?}");
    page.end().await;
}
