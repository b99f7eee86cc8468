//! Texts that fit the site. Which characters it takes, and how many, is stated nowhere: where it refuses a text of ours, one
//! without what it may have against it is tried, and the family goes on with that.

use super::limits;
use super::play::Play;
use proofload_probing::findings::Stop;
use proofload_probing::messages::{Draft, Exchange};
use serde_json::Value;

/// A length that no site refuses, in characters.
const SHORT: usize = 20;

/// Characters that a site may take for markup or for an attack.
const SPECIAL: &str = r#"<>&"'\;%+/"#;

/// Members that nothing needs, whose form a site may prescribe: codes, formats, lists of its own.
const OPTIONAL: [&str; 11] = [
    "country",
    "state",
    "postalCode",
    "city",
    "street2",
    "title",
    "middleName",
    "firstName",
    "author",
    "body",
    "description",
];

/// What is left out of a body and of its texts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fit {
    without_special: bool,
    /// Characters beyond the basic plane take four bytes in UTF-8.
    without_symbols: bool,
    short: bool,
    /// Which of [`OPTIONAL`], a bit each.
    without: u16,
}

impl Fit {
    /// What is tried after a refusal, with what was refused then.
    const TRIED: [(Self, &str); 5] = [
        (Self::of(true, false, false), "a text with special characters"),
        (Self::of(false, true, false), "a text with a symbol of four bytes"),
        (
            Self::of(true, true, false),
            "a text with special characters and a symbol",
        ),
        (Self::of(false, false, true), "a long text"),
        (Self::of(true, true, true), "a long text with special characters"),
    ];

    const fn of(without_special: bool, without_symbols: bool, short: bool) -> Self {
        Self {
            without_special,
            without_symbols,
            short,
            without: 0,
        }
    }

    /// Without the members that a refusal names; nothing where it names none that can be left out.
    fn without_named(refusal: &Exchange) -> Option<Self> {
        let said = String::from_utf8_lossy(&refusal.answer().body).to_lowercase();
        let is_named = |name: &str| said.contains(&name.to_lowercase());
        let named = (0..).zip(OPTIONAL).filter(|(_, name)| is_named(name));
        let without = named.fold(0, |all, (bit, _)| all | 1_u16 << bit);
        (without != 0).then_some(Self {
            without,
            ..Self::default()
        })
    }

    fn leaves_out(self, name: &str) -> bool {
        let bit = OPTIONAL.iter().position(|optional| *optional == name);
        bit.is_some_and(|bit| self.without >> bit & 1 == 1)
    }

    fn text(self, text: &str) -> String {
        let kept = |c: &char| {
            let left_out =
                self.without_special && SPECIAL.contains(*c) || self.without_symbols && u32::from(*c) > 0xFFFF;
            !left_out
        };
        let length = if self.short { SHORT } else { usize::MAX };
        text.chars()
            .filter(kept)
            .take(length)
            .collect::<String>()
            .trim()
            .to_owned()
    }

    /// A body whose texts fit; those of the members in `keys` are ours to find it by, and stay.
    pub(super) fn body(self, mut body: Value, keys: &[&str]) -> Value {
        if self == Self::default() {
            return body;
        }
        let Value::Object(members) = &mut body else { return body };
        members.retain(|name, _| keys.contains(&name.as_str()) || !self.leaves_out(name));
        for (_, member) in members.iter_mut().filter(|(name, _)| !keys.contains(&name.as_str())) {
            if let Value::String(text) = member {
                *text = self.text(text);
            }
        }
        body
    }
}

/// Makes a call whose texts the site takes: the one that is left over, and what the site answered. What is refused for
/// other reasons, or whatever is sent, is answered with the first refusal.
///
/// # Errors
/// As [`Play::attempt`].
pub(super) async fn fitting(
    play: &mut Play<'_>,
    operation: &str,
    draft: impl Fn(Fit) -> Draft,
) -> Result<(Fit, Exchange), Stop> {
    let first = play.attempt(operation, draft(Fit::default())).await?;
    if !matches!(first.status(), 400 | 413 | 414 | 422) {
        return Ok((Fit::default(), first));
    }
    let long = limits::too_long(&first);
    let texts = Fit::TRIED.into_iter().filter(|(fit, _)| long || !fit.short);
    let members = Fit::without_named(&first).map(|fit| (fit, "a member of a form that it names"));
    for (fit, refused) in texts.chain(members) {
        let exchange = play.attempt(operation, draft(fit)).await?;
        if exchange.is_success() {
            let note = limits::note(play.context.operation(operation)?, &first, refused);
            play.context.note(note);
            return Ok((fit, exchange));
        }
    }
    Ok((Fit::default(), first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::name::AWKWARD;
    use serde_json::json;

    #[test]
    fn what_a_site_may_have_against_a_text_is_left_out() {
        let body = |fit: Fit| fit.body(json!({"key": "<k>", "n": 1, "text": AWKWARD}), &["key"]);
        assert_eq!(body(Fit::default())["text"], AWKWARD);
        let plain = body(Fit::of(true, true, false));
        assert_eq!(plain["text"], "Zoë Ünï OBrien bampb 100 ab cd  東京");
        assert_eq!((&plain["key"], &plain["n"]), (&json!("<k>"), &json!(1)));
        let without = Fit {
            without: 1 << 10,
            ..Fit::default()
        };
        let left = without.body(json!({"description": "a", "title": "b"}), &[]);
        assert_eq!(left, json!({"title": "b"}));
        assert_eq!(
            without.body(json!({"description": "a"}), &["description"]),
            json!({"description": "a"})
        );
        let short = body(Fit::of(false, false, true));
        assert_eq!(short["text"].as_str().map(|text| text.chars().count()), Some(SHORT));
    }
}
