//! `--watch 'name=expression'`: a series of somebody's own, from one family.
//!
//! An expression is a family, with matchers in braces where it has several samples, perhaps inside of `rate`, `sum`, `avg`, `min` or
//! `max`, and perhaps with numbers to add or multiply: `rate(faces_total{result!="none"})`, `100 * used_ratio`.

use crate::change::Change;
use crate::text::Sample;

/// A series' name is no longer, in characters.
const NAME_CHARS: usize = 60;
/// An expression is no longer.
const EXPRESSION_CHARS: usize = 500;

/// A series of somebody's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Own {
    /// What it is called.
    pub name: String,
    text: String,
    family: String,
    matchers: Vec<Matcher>,
    rate: bool,
    fold: Fold,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
struct Matcher {
    label: String,
    value: String,
    equal: bool,
}

/// What is made of several samples.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fold {
    Sum,
    Mean,
    Min,
    Max,
}

/// What is done to the figure, one after the other.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Add(f64),
    Times(f64),
}

impl Own {
    /// Reads `name=expression`.
    ///
    /// # Errors
    /// One sentence: what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        const LIKE: &str = "one looks like 'queue=app_queue_length' or 'faces=rate(faces_total{kind=\"new\"})'";
        let (name, expression) = text
            .split_once('=')
            .ok_or_else(|| format!("{text:?} has no name; {LIKE}"))?;
        Self::named(name, expression).map_err(|why| format!("{text:?} is no series: {why}; {LIKE}"))
    }

    /// A series with a name and an expression.
    ///
    /// # Errors
    /// Half a sentence: what is wrong with them.
    pub fn named(name: &str, expression: &str) -> Result<Self, String> {
        let (name, expression) = (name.trim(), expression.trim());
        let plain = |c: char| !c.is_control() && !matches!(c, '[' | ']');
        if name.is_empty() || name.chars().count() > NAME_CHARS || !name.chars().all(plain) {
            return Err(format!("a name has 1 to {NAME_CHARS} characters, and no brackets"));
        }
        if name.contains(['{', '(', '"']) {
            return Err("the name stands before the first '='".to_owned());
        }
        if expression.chars().count() > EXPRESSION_CHARS {
            return Err(format!("an expression has {EXPRESSION_CHARS} characters at most"));
        }
        let mut own = Self {
            name: name.to_owned(),
            text: expression.to_owned(),
            family: String::new(),
            matchers: Vec::new(),
            rate: false,
            fold: Fold::Sum,
            steps: Vec::new(),
        };
        Reader(expression).read(&mut own)?;
        Ok(own)
    }

    /// Whether it is made from a family.
    pub(crate) fn is_of(&self, family: &str) -> bool {
        self.family == family
    }

    /// The expression, as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its figure; none where no sample fits, or where a counter has no rate yet.
    pub(crate) fn figure(&self, change: &Change<'_>) -> Option<f64> {
        let fits = |sample: &Sample| {
            let mut matchers = self.matchers.iter();
            matchers.all(|matcher| (sample.label(&matcher.label) == matcher.value) == matcher.equal)
        };
        let figures: Vec<f64> = if self.rate {
            let rates = change.rates(&self.family)?.into_iter();
            rates.filter(|(sample, _)| fits(sample)).map(|(_, rate)| rate).collect()
        } else {
            let samples = change.now.samples(&self.family).iter();
            samples
                .filter(|sample| fits(sample))
                .map(|sample| sample.value)
                .collect()
        };
        let folded = self.fold.of(&figures)?;
        let figure = self.steps.iter().fold(folded, |figure, step| match step {
            Step::Add(more) => figure + more,
            Step::Times(factor) => figure * factor,
        });
        figure.is_finite().then_some(figure)
    }
}

impl Fold {
    fn of(self, figures: &[f64]) -> Option<f64> {
        let all = figures.iter().copied();
        match self {
            Self::Sum => all.reduce(|one, other| one + other),
            #[expect(clippy::cast_precision_loss, reason = "a number of samples")]
            Self::Mean => all
                .reduce(|one, other| one + other)
                .map(|sum| sum / figures.len() as f64),
            Self::Min => all.reduce(f64::min),
            Self::Max => all.reduce(f64::max),
        }
    }
}

/// What is left to read.
struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    fn read(mut self, own: &mut Own) -> Result<(), String> {
        // A number before the family: only what may change places may stand there.
        if let Some(number) = self.number() {
            match self.operator() {
                Some('*') => own.steps.push(Step::Times(number)),
                Some('+') => own.steps.push(Step::Add(number)),
                _ => return Err("after a number at the front comes * or +, and the family".to_owned()),
            }
        }
        self.term(own)?;
        while let Some(operator) = self.operator() {
            let number = self
                .number()
                .ok_or_else(|| format!("after {operator:?} comes a number: one expression is of one family"))?;
            own.steps.push(match operator {
                '*' => Step::Times(number),
                '+' => Step::Add(number),
                '-' => Step::Add(-number),
                _ if number == 0.0 => return Err("nothing is divided by 0".to_owned()),
                _ => Step::Times(1.0 / number),
            });
        }
        match self.0.trim() {
            "" => Ok(()),
            left => Err(format!("{left:?} at its end says nothing")),
        }
    }

    fn term(&mut self, own: &mut Own) -> Result<(), String> {
        let word = self.word();
        if word.is_empty() {
            return Err(format!("a family is expected at {:?}", self.0.trim()));
        }
        if !self.take('(') {
            word.clone_into(&mut own.family);
            return self.matchers(own);
        }
        match word {
            "rate" | "irate" => {
                if own.rate {
                    return Err("a rate has no rate".to_owned());
                }
                own.rate = true;
            }
            "sum" => own.fold = Fold::Sum,
            "avg" => own.fold = Fold::Mean,
            "min" => own.fold = Fold::Min,
            "max" => own.fold = Fold::Max,
            other => return Err(format!("there is no {other}(): there are rate, sum, avg, min and max")),
        }
        self.term(own)?;
        if self.0.trim_start().starts_with('[') {
            return Err("a rate is always that between two looks, a second: leave the [...] out".to_owned());
        }
        if self.take(')') {
            Ok(())
        } else {
            Err("a ')' is missing".to_owned())
        }
    }

    fn matchers(&mut self, own: &mut Own) -> Result<(), String> {
        if !self.take('{') {
            return Ok(());
        }
        while !self.take('}') {
            let label = self.word().to_owned();
            if label.is_empty() {
                return Err("inside of {} stand labels, as in {mode=\"idle\"}".to_owned());
            }
            let equal = if self.take_text("!=") {
                false
            } else if self.0.trim_start().starts_with("=~") || self.0.trim_start().starts_with("!~") {
                return Err("patterns are not read: labels are compared with = and !=".to_owned());
            } else if self.take('=') {
                true
            } else {
                return Err(format!("after the label {label} comes = or !="));
            };
            let value = self
                .quoted()
                .ok_or_else(|| format!("the value of {label} stands in quotes"))?;
            own.matchers.push(Matcher { label, value, equal });
            if !self.take(',') && !self.0.trim_start().starts_with('}') {
                return Err("a '}' is missing".to_owned());
            }
        }
        Ok(())
    }

    fn take(&mut self, wanted: char) -> bool {
        self.take_text(wanted.encode_utf8(&mut [0; 4]))
    }

    fn take_text(&mut self, wanted: &str) -> bool {
        match self.0.trim_start().strip_prefix(wanted) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn operator(&mut self) -> Option<char> {
        ['*', '/', '+', '-'].into_iter().find(|operator| self.take(*operator))
    }

    fn word(&mut self) -> &'a str {
        let text = self.0.trim_start();
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.')));
        let (word, rest) = text.split_at(end.unwrap_or(text.len()));
        self.0 = rest;
        word
    }

    fn number(&mut self) -> Option<f64> {
        let text = self.0.trim_start();
        if !text.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return None;
        }
        let end = text
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
            .unwrap_or(text.len());
        let number: f64 = text[..end].parse().ok()?;
        self.0 = &text[end..];
        number.is_finite().then_some(number)
    }

    fn quoted(&mut self) -> Option<String> {
        let text = self.0.trim_start();
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, rest) = text[1..].split_once(quote)?;
        self.0 = rest;
        Some(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Page;

    #[test]
    fn an_expression_of_one_family() {
        let page = |text: &str| Page::read(text, |_| true);
        let before = page("n{a=\"1\"} 1\nn{a=\"2\"} 2\n");
        let now = page("n{a=\"1\"} 3\nn{a=\"2\"} 8\n");
        let change = Change::new(Some(&before), &now, 2.0);
        for (text, figure) in [
            ("x=n", Some(11.0)),
            ("x=n{a=\"1\"}", Some(3.0)),
            ("x= n { a != '1' } ", Some(8.0)),
            ("x=n{a=\"1\",}", Some(3.0)),
            ("x=rate(n)", Some(4.0)),
            ("x=sum(rate(n{a=\"2\"}))", Some(3.0)),
            ("x=max(n) / 2 + 1", Some(5.0)),
            ("x=2*avg(n)-1", Some(10.0)),
            ("x=min(n)", Some(3.0)),
            ("x=n{a=\"3\"}", None),
            ("x=nothing", None),
        ] {
            assert_eq!(Own::parse(text).unwrap().figure(&change), figure, "{text}");
        }
        let own = Own::parse("queue of faces=n{a=\"1\"}").unwrap();
        assert_eq!((own.name.as_str(), own.text()), ("queue of faces", "n{a=\"1\"}"));
        assert!(own.is_of("n") && !own.is_of("m"));
    }

    #[test]
    fn what_is_none_is_told_why() {
        for (text, said) in [
            ("", "has no name"),
            ("n", "has no name"),
            ("=n", "a name has"),
            ("a[0]=n", "no brackets"),
            ("rate(n{a=\"1\"})", "stands before the first"),
            ("x=", "a family is expected"),
            ("x=n+m", "one family"),
            ("x=n/0", "divided by 0"),
            ("x=rate(n[1m])", "leave the [...] out"),
            ("x=rate(n", "')' is missing"),
            ("x=n{a=~\"1.*\"}", "patterns"),
            ("x=n{a}", "comes = or !="),
            ("x=n{a=1}", "in quotes"),
            ("x=n{a=\"1\"", "'}' is missing"),
            ("x=quantile(n)", "there is no quantile()"),
            ("x=rate(rate(n))", "no rate"),
            ("x=n extra", "says nothing"),
            ("x=2/n", "after a number"),
        ] {
            let why = Own::parse(text).unwrap_err();
            assert!(why.contains(said) && why.contains("one looks like"), "{text}: {why}");
        }
    }
}
