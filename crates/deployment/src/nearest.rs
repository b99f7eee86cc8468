//! The nearest known names to one that was mistyped.

/// Names alike enough to be meant.
const ALIKE: f64 = 0.75;

/// `; did you mean a or b?` with the known names nearest to `wanted`, or `; there are: …` when none is near.
pub fn advice<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(question) = question(wanted, known.iter().copied()) {
        return question;
    }
    if known.is_empty() {
        return "; there are none".to_owned();
    }
    let shown = known.len().min(40);
    let more = if shown < known.len() { ", …" } else { "" };
    format!("; there are: {}{more}", known[..shown].join(", "))
}

/// `; did you mean a or b?` with the known names nearest to `wanted`; none when none is near.
pub fn question<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let lower = wanted.to_lowercase();
    let mut near: Vec<(f64, &str)> = known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&lower, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let mut names: Vec<&str> = near.iter().map(|(_, name)| *name).collect();
    names.dedup();
    names.truncate(3);
    (!names.is_empty()).then(|| format!("; did you mean {}?", names.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    fn the_nearest_come_first_and_otherwise_all_are_listed() {
        let known = ["lab", "label", "site-north"];
        assert_eq!(advice("Lab", known), "; did you mean lab or label?");
        assert_eq!(advice("sitenorth", known), "; did you mean site-north?");
        assert_eq!(advice("xyz", known), "; there are: lab, label, site-north");
        assert_eq!(advice("xyz", []), "; there are none");
    }
}
