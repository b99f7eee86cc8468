//! The permission matrix: operations by accounts, each cell a link to its cases.

use super::groups::{Column, Group, Groups, worst};
use super::tone;
use crate::html::table::{section, table};
use crate::html::units::{SHORT, shown};
use maud::{Markup, html};
use proofload_results::validate::{Cell, Verdict, tally};

/// The matrix.
pub(super) fn render(groups: &Groups<'_>) -> Markup {
    let head = html! {
        tr {
            th scope="col" { "Operation" }
            @for account in &groups.accounts { th.cell scope="col" { (shown(account, SHORT)) } }
            th.cell scope="col" { "Other checks" }
        }
    };
    let rows = html! { @for group in &groups.all { (row(group)) } };
    let any = groups.all.iter().any(|group| !is_clean(group));
    let some_clean = groups.all.iter().any(is_clean);
    section(
        "matrix",
        "Who may do what",
        Some(
            "Each cell says how the cases of one account on one operation ended, and leads to them. “403” is a refusal that is right; what was not tested is neither right nor wrong.",
        ),
        &html! {
            @if any && some_clean { label.switch hidden { input #only type="checkbox"; "Only deviations" } }
            div.matrix { (table("Operations by accounts", &head, &rows)) }
            (legend())
        },
    )
}

fn row(group: &Group<'_>) -> Markup {
    html! {
        tr.clean[is_clean(group)] {
            th scope="row" {
                a href={ "#" (group.anchor) } { (shown(group.name, SHORT)) }
                @if group.operation != group.name { small { (shown(group.operation, SHORT)) } }
            }
            @for cell in &group.cells { td.cell { (link(group, cell)) } }
        }
    }
}

/// Whether nothing of an operation deviates or stayed untestable.
fn is_clean(group: &Group<'_>) -> bool {
    group
        .cases()
        .all(|case| matches!(case.verdict, Verdict::Pass | Verdict::Skip))
}

fn link(group: &Group<'_>, cell: &Column<'_>) -> Markup {
    let Some((verdict, words)) = said(cell) else {
        return html! { span.none aria-label="no case" { "·" } };
    };
    let tone = tone(verdict);
    // A refusal that is right is no access: it must not look like one.
    let is_refusal = verdict == Verdict::Pass && words.starts_with("403");
    let label = format!(
        "{}, {}: {words}",
        shown(group.name, SHORT),
        cell.account
            .map_or("other checks".to_owned(), |account| shown(account, SHORT)),
    );
    html! {
        a class={ "chip " (tone.class()) @if is_refusal { " refusal" } } href={ "#" (cell.anchor) } aria-label=(label) {
            span.mark aria-hidden="true" { (tone.mark()) } " " (words)
        }
    }
}

/// What a cell says, and the verdict it is coloured by.
fn said(cell: &Column<'_>) -> Option<(Verdict, String)> {
    let cases = cell.cases.iter().map(|(_, case)| *case);
    if cell.account.is_none() {
        return Some((worst(&cell.cases)?, tally(cases)));
    }
    let what = Cell::of(cases)?;
    Some((what.verdict(), what.to_string()))
}

fn legend() -> Markup {
    html! {
        ul.legend aria-label="What the signs mean" {
            @for (verdict, meaning) in [
                (Verdict::Pass, "as documented"),
                (Verdict::Fail, "a MUST is broken"),
                (Verdict::Warn, "a SHOULD is broken"),
                (Verdict::Error, "could not be tested"),
                (Verdict::Skip, "not tested, or accepted"),
            ] {
                li { span class={ "mark " (tone(verdict).class()) } aria-hidden="true" { (tone(verdict).mark()) } " " (meaning) }
            }
        }
    }
}
