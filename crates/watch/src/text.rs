//! The text format of Prometheus and `OpenMetrics`, as far as figures are wanted from it.
//!
//! Written by hand, and why: of the crates that read it, one knows neither `OpenMetrics` nor exemplars and goes over every line with
//! regular expressions, the other gives a page up at its first odd line and has a licence that we do not link. Here a line costs
//! next to nothing unless its family is wanted, and a page that lies costs no more than its length, which is bounded before.

use std::collections::BTreeMap;

/// No page has more wanted samples; what comes after is left out.
const MOST_SAMPLES: usize = 50_000;
/// No sample has more labels.
const MOST_LABELS: usize = 64;

/// One sample of a family.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    /// Its labels, in alphabetical order.
    pub(crate) labels: Vec<(String, String)>,
    /// Its value; always a finite number.
    pub(crate) value: f64,
}

impl Sample {
    /// The value of a label; empty where it has none of that name.
    pub(crate) fn label(&self, name: &str) -> &str {
        let found = self.labels.iter().find(|(label, _)| label == name);
        found.map_or("", |(_, value)| value)
    }
}

/// The wanted families of a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Page {
    families: BTreeMap<String, Vec<Sample>>,
    /// Lines that are samples, wanted or not.
    pub(crate) samples: u64,
    /// Lines that are nothing.
    pub(crate) malformed: u64,
    /// Whether the page says of itself that it is an exporter's: what it tells of a process is then its own.
    pub(crate) is_exporter: bool,
}

impl Page {
    /// Reads a page and keeps the families that are wanted. Values that are no finite number, and native histograms, are left out;
    /// of a sample that comes twice the first is taken.
    pub(crate) fn read(text: &str, wanted: impl Fn(&str) -> bool) -> Self {
        let mut page = Self::default();
        let mut kept = 0;
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((name, rest)) = name_of(line) else {
                page.malformed += 1;
                continue;
            };
            page.is_exporter |= is_of_an_exporter(name);
            if !wanted(name) {
                // It need not be read to its end; that it has a value is enough.
                page.samples += 1;
                continue;
            }
            match sample_of(&rest) {
                Line::Malformed => page.malformed += 1,
                Line::Unusable => page.samples += 1,
                Line::Sample(sample) => {
                    page.samples += 1;
                    kept += 1;
                    if kept <= MOST_SAMPLES {
                        page.families.entry(name.to_owned()).or_default().push(sample);
                    }
                }
            }
        }
        for samples in page.families.values_mut() {
            // Stable: of those that are the same the first one stays.
            samples.sort_by(|one, other| one.labels.cmp(&other.labels));
            samples.dedup_by(|later, first| later.labels == first.labels);
        }
        page
    }

    /// The samples of a family, by their labels; none where the page has none.
    pub(crate) fn samples(&self, family: &str) -> &[Sample] {
        self.families.get(family).map_or(&[], Vec::as_slice)
    }

    /// The sample of a family with just these labels.
    pub(crate) fn sample(&self, family: &str, labels: &[(String, String)]) -> Option<&Sample> {
        let samples = self.samples(family);
        let place = samples.binary_search_by(|sample| sample.labels.as_slice().cmp(labels));
        place.ok().map(|place| &samples[place])
    }
}

/// Families that only exporters have: what stands beside them of a process is the exporter's own.
fn is_of_an_exporter(name: &str) -> bool {
    name.ends_with("_exporter_build_info")
        || [
            "namedprocess_",
            "DCGM_FI_",
            "nvidia_smi_",
            "node_exporter_",
            "windows_exporter_",
            "promhttp_",
        ]
        .iter()
        .any(|begin| name.starts_with(begin))
}

/// The name of a sample's family, and what comes after it: `{labels} value ...`. In the newer notation of Prometheus the name stands
/// quoted between the braces.
fn name_of(line: &str) -> Option<(&str, Rest<'_>)> {
    if let Some(inner) = line.strip_prefix('{') {
        let quoted = inner.trim_start().strip_prefix('"')?;
        let end = quoted.find('"')?;
        let after = quoted[end + 1..].trim_start();
        let after = after.strip_prefix(',').or(after.starts_with('}').then_some(after))?;
        return Some((
            &quoted[..end],
            Rest {
                text: after,
                in_braces: true,
            },
        ));
    }
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'))?;
    let name = &line[..end];
    let rest = line[end..].trim_start();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || rest.is_empty() {
        return None;
    }
    let (text, in_braces) = match rest.strip_prefix('{') {
        // A native histogram without labels: its figures stand in braces, too.
        Some(inside) if is_native(inside) => (rest, false),
        Some(inside) => (inside, true),
        // Between a name without labels and its value there is a space.
        None if line.as_bytes()[end].is_ascii_whitespace() => (rest, false),
        None => return None,
    };
    Some((name, Rest { text, in_braces }))
}

/// Whether what stands in braces is `count:17,sum:324.5` rather than `code="200"`.
fn is_native(inside: &str) -> bool {
    inside
        .find([':', '=', '"'])
        .is_some_and(|at| inside.as_bytes()[at] == b':')
}

/// What comes after the name.
struct Rest<'a> {
    text: &'a str,
    in_braces: bool,
}

/// What a line is.
enum Line {
    /// A sample.
    Sample(Sample),
    /// A sample whose value is no finite number.
    Unusable,
    /// Nothing.
    Malformed,
}

/// What comes after a name, read to the end.
fn sample_of(rest: &Rest<'_>) -> Line {
    let Some((labels, text)) = labels_of(rest) else {
        return Line::Malformed;
    };
    if text.starts_with('{') {
        // A native histogram: many figures in place of one.
        return Line::Unusable;
    }
    // After the value there may be a time, which is the other machine's, and an exemplar.
    match text.split_ascii_whitespace().next().map(str::parse::<f64>) {
        Some(Ok(value)) if value.is_finite() => Line::Sample(Sample { labels, value }),
        Some(Ok(_)) => Line::Unusable,
        Some(Err(_)) | None => Line::Malformed,
    }
}

/// The labels in alphabetical order, and what comes after them.
fn labels_of<'a>(rest: &Rest<'a>) -> Option<(Vec<(String, String)>, &'a str)> {
    let mut labels = Vec::new();
    let mut text = rest.text.trim_start();
    if rest.in_braces {
        loop {
            if let Some(after) = text.strip_prefix('}') {
                text = after.trim_start();
                break;
            }
            let (label, after) = label_of(text)?;
            if labels.len() >= MOST_LABELS {
                return None;
            }
            labels.push(label);
            text = after.trim_start();
            text = text.strip_prefix(',').unwrap_or(text).trim_start();
        }
    }
    labels.sort_unstable();
    Some((labels, text))
}

/// A label with its value, unescaped, and what comes after it.
fn label_of(text: &str) -> Option<((String, String), &str)> {
    let (name, after) = text.split_once('=')?;
    let name = name.trim().trim_matches('"');
    if name.is_empty() || name.contains(['}', '{', ',']) {
        return None;
    }
    let quoted = after.trim_start().strip_prefix('"')?;
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some(((name.to_owned(), value), &quoted[at + 1..])),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page {
        Page::read(text, |name| name != "unwanted")
    }

    fn value(page: &Page, family: &str) -> Vec<f64> {
        page.samples(family).iter().map(|sample| sample.value).collect()
    }

    #[test]
    fn samples_in_all_their_notations() {
        let page = page(concat!(
            "\u{feff}# HELP up whether it is up\r\n# TYPE up gauge\r\nup 1\r\n",
            "spaced   2.5e3   1700000000000\n",
            "tabbed\t3\n",
            "labels{b=\"2\", a = \"x,y}\\\"z\\\\\\n\" ,} 4\n",
            "{\"dotted.name\",a=\"1\"} 5\n{\"dotted.name\"} 6\n",
            "requests_total{code=\"200\"} 7 1700000000.123 # {trace_id=\"abc\"} 0.5 1700000000.1\n",
            "native {count:17,sum:324.5,schema:0,zero_threshold:1e-05,zero_count:2} st@1\n",
            "unwanted{broken 1\n",
            "# EOF\n",
        ));
        assert_eq!(value(&page, "up"), [1.0]);
        assert_eq!(value(&page, "spaced"), [2500.0]);
        assert_eq!(value(&page, "tabbed"), [3.0]);
        assert_eq!(value(&page, "dotted.name"), [6.0, 5.0]);
        assert_eq!(value(&page, "requests_total"), [7.0]);
        assert_eq!(page.samples("labels")[0].label("a"), "x,y}\"z\\\n");
        assert_eq!(page.samples("labels")[0].label("b"), "2");
        assert!(page.samples("native").is_empty());
        assert_eq!((page.malformed, page.samples), (0, 9));
    }

    #[test]
    fn what_is_no_finite_number_is_left_out_and_the_first_of_twins_is_taken() {
        let page = page("a NaN\na{x=\"1\"} +Inf\na{x=\"2\"} -Inf\nb{x=\"1\",y=\"2\"} 1\nb{y=\"2\",x=\"1\"} 9\n");
        assert!(page.samples("a").is_empty());
        assert_eq!(value(&page, "b"), [1.0]);
        assert_eq!(page.malformed, 0);
        let labels = page.samples("b")[0].labels.clone();
        assert_eq!(page.sample("b", &labels).map(|sample| sample.value), Some(1.0));
        assert_eq!(page.sample("b", &[]), None);
    }

    #[test]
    fn what_is_no_metric_is_counted_as_that() {
        let text = "<!doctype html><html>\n<p>Sign in</p>\n{\"json\": 1}\na\na{x=\"1} 2\na{x=1} 2\na b\na{x=\"1\"}\n1a 2\nä 1\n=\n";
        let page = page(text);
        assert_eq!(page.samples, 0, "{page:?}");
        assert_eq!(page.malformed, 11);
        let many = format!("a{{{}}} 1\n", "x=\"1\",".repeat(1000));
        assert_eq!(self::page(&many).malformed, 1);
    }

    #[test]
    fn a_page_of_an_exporter_says_so() {
        assert!(page("node_exporter_build_info{version=\"1\"} 1\n").is_exporter);
        assert!(page("DCGM_FI_DEV_GPU_UTIL{gpu=\"0\"} 1\n").is_exporter);
        assert!(!page("process_cpu_seconds_total 1\nkestrel_active_connections 1\n").is_exporter);
    }
}
