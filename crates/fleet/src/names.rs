//! What Kubernetes takes as a name, a namespace, an image and a quantity, said before anything is sent.

use crate::plan::PlanError;

/// A Job's name: its pods are named after it, with an index behind, and that makes a label.
const LONGEST_NAME: usize = 52;
/// Names of labels' parts, namespaces among them.
const LONGEST_LABEL: usize = 63;

/// Refuses what Kubernetes would refuse as the name of a Job.
pub(crate) fn check_name(name: &str) -> Result<(), PlanError> {
    if is_label(name) && name.len() <= LONGEST_NAME {
        return Ok(());
    }
    Err(PlanError::Name {
        what: "name of a fleet",
        name: name.to_owned(),
        most: LONGEST_NAME,
    })
}

/// Refuses what Kubernetes would refuse as the name of a namespace.
pub(crate) fn check_namespace(name: &str) -> Result<(), PlanError> {
    if is_label(name) && name.len() <= LONGEST_LABEL {
        return Ok(());
    }
    Err(PlanError::Name {
        what: "namespace",
        name: name.to_owned(),
        most: LONGEST_LABEL,
    })
}

/// Refuses what Kubernetes would refuse as the name of a Secret.
pub(crate) fn check_secret(name: &str) -> Result<(), PlanError> {
    if !name.is_empty() && name.len() <= 253 && name.split('.').all(is_label) {
        return Ok(());
    }
    Err(PlanError::Name {
        what: "name of a Secret",
        name: name.to_owned(),
        most: 253,
    })
}

/// Refuses an image that may be another one tomorrow: without a tag or a digest it is whatever `latest` is on each node.
pub(crate) fn check_image(image: &str) -> Result<(), PlanError> {
    let wrong = |why| {
        Err(PlanError::Image {
            image: image.to_owned(),
            why,
        })
    };
    if image.is_empty() || image.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return wrong("it is empty or has a space in it");
    }
    let (repository, digest) = image.split_once('@').map_or((image, None), |(r, d)| (r, Some(d)));
    let last = repository.rsplit('/').next().unwrap_or_default();
    let tag = last.split_once(':').map(|(_, tag)| tag);
    if last.split(':').next().is_none_or(str::is_empty)
        || repository.contains(|c: char| c.is_ascii_uppercase()) && tag.is_none()
    {
        return wrong("its repository is empty or has capital letters");
    }
    match (digest, tag) {
        (Some(digest), _) if !is_digest(digest) => wrong("its digest is not sha256: and 64 hexadecimal digits"),
        (None, None | Some("")) => {
            wrong("it has neither a tag nor a digest, and each node would take what it has under `latest`")
        }
        (None, Some(tag)) if !is_tag(tag) => {
            wrong("its tag has other characters than letters, digits, '_', '.' and '-'")
        }
        _ => Ok(()),
    }
}

/// Refuses what Kubernetes would not read as a quantity of processors or memory.
pub(crate) fn check_quantity(what: &'static str, text: &str) -> Result<(), PlanError> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[number.len()..];
    let units: &[&str] = match what {
        CPU => &["", "m"],
        _ => &["", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti"],
    };
    let value = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let value = Some(number)
        .filter(|_| value)
        .and_then(|number| number.parse::<f64>().ok());
    if value.is_some_and(|value| value > 0.0) && units.contains(&unit) {
        return Ok(());
    }
    Err(PlanError::Quantity {
        what,
        text: text.to_owned(),
        such: if what == CPU { "2 or 500m" } else { "512Mi or 2Gi" },
    })
}

/// The quantity of processors.
pub(crate) const CPU: &str = "processors";
/// The quantity of memory.
pub(crate) const MEMORY: &str = "memory";

/// A label of DNS, as RFC 1123 has it, in small letters.
fn is_label(text: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    !text.is_empty() && text.bytes().all(plain) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'a'..=b'f')))
}

fn is_tag(text: &str) -> bool {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-');
    text.len() <= 128 && text.bytes().all(plain) && !text.starts_with(['.', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubernetes_refuses_is_refused_before() {
        for good in ["pl-7f3a", "a", "7"] {
            check_name(good).unwrap();
        }
        let long = "a".repeat(LONGEST_NAME + 1);
        for bad in ["", "Load", "a_b", "-a", "a-", "a.b", "\u{e4}", &long] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
        check_secret("lab.passwords-1").unwrap();
        assert!(check_secret("lab..x").is_err());
        check_namespace(&"a".repeat(63)).unwrap();
        assert!(check_namespace(&"a".repeat(64)).is_err());
    }

    #[test]
    fn an_image_says_which_it_is() {
        let digest = format!("registry.example:5000/proofload@sha256:{}", "0a".repeat(32));
        for good in ["proofload:1.2.3", "registry.example:5000/team/proofload:0.1.0", &digest] {
            check_image(good).unwrap();
        }
        for (bad, why) in [
            ("proofload", "neither a tag nor a digest"),
            ("registry.example:5000/proofload", "neither a tag nor a digest"),
            ("proofload:", "neither a tag nor a digest"),
            ("proofload:a b", "a space"),
            ("proofload:-1", "its tag"),
            ("proofload@sha256:12", "its digest"),
            (":1", "its repository"),
            ("", "it is empty"),
        ] {
            let told = check_image(bad).unwrap_err().to_string();
            assert!(told.contains(why), "{bad}: {told}");
        }
    }

    #[test]
    fn quantities_are_those_of_kubernetes() {
        for good in ["2", "500m", "0.5"] {
            check_quantity(CPU, good).unwrap();
        }
        for good in ["512Mi", "2G", "1000000"] {
            check_quantity(MEMORY, good).unwrap();
        }
        for (what, bad) in [
            (CPU, "2Gi"),
            (CPU, "-1"),
            (CPU, "0"),
            (CPU, ""),
            (MEMORY, "512MB"),
            (MEMORY, "inf"),
            (MEMORY, "lots"),
        ] {
            assert!(check_quantity(what, bad).is_err(), "{bad}");
        }
    }
}
