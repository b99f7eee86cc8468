//! The nearest known names to one that was mistyped.

/// `; did you mean a or b?` with the known names nearest to `wanted`, or `; there are: …` when none is near.
pub fn advice<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let lower = wanted.to_lowercase();
    let mut near: Vec<(f64, &str)> = known
        .iter()
        .map(|name| (strsim::jaro_winkler(&lower, &name.to_lowercase()), *name))
        .filter(|(likeness, _)| *likeness >= 0.75)
        .collect();
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    if !near.is_empty() {
        let names: Vec<&str> = near.iter().take(3).map(|(_, name)| *name).collect();
        return format!("; did you mean {}?", names.join(" or "));
    }
    if known.is_empty() {
        return "; there are none".to_owned();
    }
    let shown = known.len().min(40);
    let more = if shown < known.len() { ", …" } else { "" };
    format!("; there are: {}{more}", known[..shown].join(", "))
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
