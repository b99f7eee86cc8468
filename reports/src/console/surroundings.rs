//! What an environment allows on stdout.
//!
//! Colours: `NO_COLOR` forbids them, `CLICOLOR_FORCE` orders them, `CLICOLOR=0` and `TERM=dumb` forbid them, else a
//! terminal has them and a pipe has not (<https://no-color.org>, <https://bixense.com/clicolors>). Characters beyond ASCII:
//! a locale that names another charset than UTF-8 forbids them, and so does `TERM=dumb`.

/// Whether there may be colours, by an environment whose empty variables count as unset.
pub fn may_colour(is_terminal: bool, environment: &dyn Fn(&str) -> Option<String>) -> bool {
    let says = |name: &str, value: &str| environment(name).is_some_and(|set| set == value);
    if environment("NO_COLOR").is_some() {
        return false;
    }
    if environment("CLICOLOR_FORCE").is_some_and(|set| set != "0") {
        return true;
    }
    is_terminal && !says("CLICOLOR", "0") && !says("TERM", "dumb")
}

/// Whether there may be characters beyond ASCII. Without any locale the world is taken to be UTF-8: containers and CI runners set none.
pub fn may_leave_ascii(environment: &dyn Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(environment);
    let utf8 = locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    utf8 && environment("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `A=b C=d` as an environment.
    fn environment(text: &str) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let mut pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
            pairs
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.to_owned())
        }
    }

    #[test]
    fn colours_are_for_terminals_unless_somebody_says_otherwise() {
        for (is_terminal, variables, expected) in [
            (true, "", true),
            (false, "", false),
            (true, "NO_COLOR=1", false),
            (false, "CLICOLOR_FORCE=1", true),
            (false, "CLICOLOR_FORCE=0", false),
            (true, "NO_COLOR=1 CLICOLOR_FORCE=1", false),
            (true, "CLICOLOR=0", false),
            (true, "TERM=dumb", false),
            (true, "TERM=dumb CLICOLOR_FORCE=1", true),
            (true, "TERM=xterm-256color", true),
        ] {
            assert_eq!(
                may_colour(is_terminal, &environment(variables)),
                expected,
                "{is_terminal} {variables}"
            );
        }
    }

    #[test]
    fn the_locale_says_which_characters_there_are() {
        for (variables, expected) in [
            ("", true),
            ("LANG=de_DE.UTF-8", true),
            ("LANG=C.utf8", true),
            ("LANG=C", false),
            ("LANG=en_US.UTF-8 LC_ALL=C", false),
            ("LANG=C LC_CTYPE=C.UTF-8", true),
            ("LANG=de_DE.ISO-8859-1", false),
            ("LANG=C.UTF-8 TERM=dumb", false),
        ] {
            assert_eq!(may_leave_ascii(&environment(variables)), expected, "{variables}");
        }
    }
}
