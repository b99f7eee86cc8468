//! How a rendering for people may look: its width, colours or none, Unicode or ASCII.
//!
//! A colour never says anything alone: it is put on words and figures that say the same without it.

use anstyle::{AnsiColor, Effects};

/// How a rendering for people may look. Decided once, where the streams are known; renderings only ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns to lay out for.
    pub width: usize,
    /// Whether colours may be used.
    pub colour: bool,
    /// Whether characters beyond ASCII may be used.
    pub unicode: bool,
    /// Whether everything is shown, or what fits on a screen.
    pub verbose: bool,
}

/// What a piece of text is, as far as its colour goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be: green.
    Good,
    /// Not as it should be: red, bold.
    Bad,
    /// Worth a look: yellow.
    Doubtful,
    /// Beside the point: dim.
    Faint,
    /// A heading or a verdict's subject: bold.
    Strong,
}

/// The narrowest width that is laid out for; narrower terminals wrap.
const MIN_WIDTH: usize = 60;

impl Style {
    /// The width that a pipe or a file is laid out for, in columns.
    pub const PIPE_WIDTH: usize = 120;

    /// For pipes and files: no colour, Unicode, [`Self::PIPE_WIDTH`] columns.
    pub const PLAIN: Self = Self {
        width: Self::PIPE_WIDTH,
        colour: false,
        unicode: true,
        verbose: false,
    };

    /// The same with everything shown.
    #[must_use]
    pub fn verbose(self) -> Self {
        Self { verbose: true, ..self }
    }

    /// The same for `width` columns, or the narrowest that is laid out for.
    #[must_use]
    pub fn wide(self, width: usize) -> Self {
        Self {
            width: width.max(MIN_WIDTH),
            ..self
        }
    }

    /// `text` in the colour of its tone. Pad before painting: escapes have no width.
    pub fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let style = match tone {
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Bad => AnsiColor::Red.on_default().effects(Effects::BOLD),
            Tone::Doubtful => AnsiColor::Yellow.on_default(),
            Tone::Faint => anstyle::Style::new().effects(Effects::DIMMED),
            Tone::Strong => anstyle::Style::new().effects(Effects::BOLD),
        };
        format!("{style}{text}{style:#}")
    }

    /// A whole rendering in the characters that may be used. Without Unicode, signs of our own become the ASCII ones that
    /// look like them, column for column but for `…` and the like, and everything else stands as its escape.
    pub fn finish(&self, rendering: String) -> String {
        if self.unicode || rendering.is_ascii() {
            return rendering;
        }
        let mut out = String::with_capacity(rendering.len());
        for c in rendering.chars() {
            match (c, ascii(c)) {
                ('\0'..='\x7f', _) => out.push(c),
                (_, Some(sign)) => out.push_str(sign),
                (_, None) => out.extend(c.escape_unicode()),
            }
        }
        out
    }
}

/// The ASCII stand-in of a sign that renderings use.
fn ascii(c: char) -> Option<&'static str> {
    Some(match c {
        '…' => "...",
        '–' | '—' | '─' | '━' | '╌' | '▍' | '▎' | '▏' | '▂' | '░' | '▒' => "-",
        '│' | '┃' | '┊' => "|",
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '✓' => "+",
        '█' | '▉' | '▊' | '▋' | '■' | '▇' | '▆' => "#",
        '▌' | '▅' | '▄' | '▃' => "=",
        '▁' => "_",
        '●' | '◆' | '•' | '·' => "*",
        '○' | '◇' => "o",
        '×' | '✗' | '✕' => "x",
        '→' | '▶' => ">",
        '←' | '◀' => "<",
        '↑' | '▲' => "^",
        '↓' | '▼' => "v",
        '≤' => "<=",
        '≥' => ">=",
        '±' => "+-",
        '≈' => "~",
        'µ' | 'μ' => "u",
        'λ' => "lambda",
        'α' => "alpha",
        'β' => "beta",
        'σ' => "sigma",
        'κ' => "kappa",
        '’' | '‘' => "'",
        '“' | '”' => "\"",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_only_where_they_may_be() {
        assert_eq!(Style::PLAIN.paint(Tone::Bad, "FAIL"), "FAIL");
        let colourful = Style {
            colour: true,
            ..Style::PLAIN
        };
        assert_eq!(colourful.paint(Tone::Good, "ok"), "\x1b[32mok\x1b[0m");
        assert_eq!(colourful.paint(Tone::Good, ""), "", "nothing needs no colour");
        for tone in [Tone::Good, Tone::Bad, Tone::Doubtful, Tone::Faint, Tone::Strong] {
            let painted = colourful.paint(tone, "word");
            assert!(
                painted.starts_with('\x1b') && painted.ends_with("\x1b[0m"),
                "{painted:?}"
            );
        }
    }

    #[test]
    fn without_unicode_everything_is_ascii() {
        let ascii = Style {
            unicode: false,
            ..Style::PLAIN
        };
        assert_eq!(ascii.finish("a ─── b ≤ 5 …\n".to_owned()), "a --- b <= 5 ...\n");
        assert_eq!(ascii.finish("Grüße 顔\n".to_owned()), "Gr\\u{fc}\\u{df}e \\u{9854}\n");
        assert_eq!(Style::PLAIN.finish("Grüße ─".to_owned()), "Grüße ─");
        for c in '\0'..=char::MAX {
            assert!(ascii.finish(c.to_string()).is_ascii(), "{c:?}");
        }
    }

    #[test]
    fn a_terminal_of_three_columns_is_laid_out_for_sixty() {
        assert_eq!(Style::PLAIN.wide(3).width, 60);
        assert_eq!(Style::PLAIN.wide(200).width, 200);
    }
}
