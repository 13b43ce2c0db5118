//! What servers, proxies and child processes said, made fit to be shown.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

/// Longest text that is shown, in characters.
const SHOWN: usize = 300;

/// How much of a text is looked at, in bytes.
const READ: usize = 16 * 1024;

/// A shorter secret may be part of an ordinary word: it counts only where it is a word by itself.
const SHORT: usize = 8;

/// A part of a secret that is as long gives enough of it away: a line of a PEM file, a part of a JWT.
const PART: usize = 12;

/// How many layers of escapes are taken away: an error in an error in an error.
const LAYERS: usize = 5;

const MARK: &str = "[redacted]";

/// Takes the secrets of a run out of texts, in every spelling: white space in it or around it
/// changed, escaped for URLs, JSON or HTML, in base64 of either alphabet and also as part of a
/// longer text there. Clones share the secrets.
#[derive(Clone, Default)]
pub struct Redactor(Arc<RwLock<Vec<SecretString>>>);

/// What somebody said, as far as it may be shown: one line of at most 300 characters without a
/// secret of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted(String);

impl Redactor {
    /// Keeps a secret out of every text from now on.
    pub fn add(&self, secret: &SecretString) {
        let text = secret.expose_secret();
        let spelled = canonical(text);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if spelled.is_empty() || known.iter().any(|it| it.expose_secret() == spelled) {
            return;
        }
        known.push(spelled.into());
        let encoded = (0..3).map(|offset| within_base64(text.trim(), offset));
        let parts = text.split(|char: char| char.is_whitespace() || char == '.').map(canonical);
        let more =
            encoded.filter(|it| it.len() >= SHORT).chain(parts.filter(|it| it.len() >= PART));
        known.extend(more.map(SecretString::from));
    }

    /// The text, fit to be shown.
    #[must_use]
    pub fn quote(&self, text: &str) -> Quoted {
        let read = &text[..text.floor_char_boundary(READ)];
        let spelling = Spelling::of(read);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut hidden: Vec<_> =
            known.iter().flat_map(|secret| spelling.find(secret.expose_secret())).collect();
        hidden.sort_unstable();
        // Where the text was cut, a secret may have been cut too.
        let longest = known.iter().map(|secret| secret.expose_secret().len()).max().unwrap_or(0);
        let end = if read.len() < text.len() {
            read.len().saturating_sub(4 * longest)
        } else {
            read.len()
        };
        let mut shown = String::new();
        let mut from = 0;
        for (start, until) in hidden {
            if start >= from && start < end {
                shown.push_str(&read[from..start]);
                shown.push_str(MARK);
            }
            from = from.max(until);
        }
        if from < end {
            shown.push_str(&read[from..read.floor_char_boundary(end)]);
        }
        Quoted(one_line(&shown))
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor")
    }
}

impl Quoted {
    /// A text of our own, which holds no secret.
    #[must_use]
    pub fn constant(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// Several in one.
    pub fn joined<'a>(all: impl IntoIterator<Item = &'a Quoted>) -> Self {
        let all: Vec<&str> = all.into_iter().map(|quoted| quoted.0.as_str()).collect();
        Self(cut(&all.join("; ")))
    }
}

impl Deref for Quoted {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn one_line(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.retain(|char| !char.is_control());
    cut(&line)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// One character as it is meant, with the bytes of the text that spell it.
#[derive(Clone, Copy)]
struct Unit {
    char: char,
    start: usize,
    end: usize,
}

/// A text as it is meant, whatever way it is spelled.
struct Spelling {
    units: Vec<Unit>,
    /// The significant characters, and for each of their bytes the unit that it is of.
    significant: String,
    of: Vec<usize>,
}

impl Spelling {
    fn of(text: &str) -> Self {
        let units = text.char_indices().map(|(start, char)| {
            let end = start + char.len_utf8();
            Unit { char, start, end }
        });
        let units = (0..LAYERS).fold(units.collect::<Vec<_>>(), |units, _| decoded(&units));
        let (mut significant, mut of) = (String::new(), Vec::new());
        for (index, unit) in units.iter().enumerate() {
            if let Some(char) = meaning(unit.char) {
                significant.push(char);
                of.resize(significant.len(), index);
            }
        }
        Self { units, significant, of }
    }

    /// Where the text has a secret: ranges of its bytes.
    fn find<'a>(&'a self, secret: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        self.significant.match_indices(secret).filter_map(move |(at, _)| {
            let (first, last) = (self.of[at], self.of[at + secret.len() - 1]);
            let continues = |index: Option<usize>| {
                index
                    .and_then(|index| self.units.get(index))
                    .is_some_and(|unit| unit.char.is_alphanumeric())
            };
            let is_part = continues(first.checked_sub(1)) || continues(Some(last + 1));
            let is_secret = secret.len() >= SHORT || !is_part;
            is_secret.then(|| (self.units[first].start, self.units[last].end))
        })
    }
}

/// The text as secrets are compared.
fn canonical(text: &str) -> String {
    Spelling::of(text).significant
}

/// What the base64 of any text has in it that has this text in it, so many bytes behind the start of
/// a group of three.
fn within_base64(text: &str, offset: usize) -> String {
    let padded = [&vec![0; offset], text.as_bytes()].concat();
    let encoded = STANDARD_NO_PAD.encode(&padded);
    // Characters that are of this text alone.
    let (first, last) = ((offset * 8).div_ceil(6), padded.len() * 8 / 6);
    canonical(encoded.get(first..last).unwrap_or_default())
}

/// What makes no difference in any spelling is left out: white space, and what base64 writes in
/// different ways.
fn meaning(char: char) -> Option<char> {
    match char {
        '+' | '-' | '=' => None,
        '/' => Some('_'),
        char if char.is_whitespace() || char.is_control() => None,
        char => Some(char),
    }
}

/// Takes one layer of escapes away.
fn decoded(units: &[Unit]) -> Vec<Unit> {
    let mut decoded = Vec::with_capacity(units.len());
    let mut at = 0;
    while at < units.len() {
        let (meant, length) = escaped(&units[at..]).unwrap_or((Some(units[at].char), 1));
        let (start, end) = (units[at].start, units[at + length - 1].end);
        decoded.extend(meant.map(|char| Unit { char, start, end }));
        at += length;
    }
    decoded
}

/// The character that an escape at the beginning stands for, and the length of the escape.
fn escaped(units: &[Unit]) -> Option<(Option<char>, usize)> {
    let text = |range: std::ops::Range<usize>| -> Option<String> {
        Some(units.get(range)?.iter().map(|unit| unit.char).collect())
    };
    let hex = |range| u32::from_str_radix(&text(range)?, 16).ok();
    match units[0].char {
        '%' => percent(units),
        '\\' => match units.get(1)?.char {
            'u' => match hex(2..6)? {
                high @ 0xD800..0xDC00 if text(6..8)? == "\\u" => {
                    let code =
                        0x10000 + ((high - 0xD800) << 10) + hex(8..12)?.checked_sub(0xDC00)?;
                    Some((char::from_u32(code), 12))
                }
                code => Some((char::from_u32(code), 6)),
            },
            'n' | 'r' | 't' | 'b' | 'f' => Some((None, 2)),
            other => Some((Some(other), 2)),
        },
        '&' => {
            let length = units.iter().take(10).position(|unit| unit.char == ';')?;
            let char = match text(1..length)?.as_str() {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                number => {
                    let number = number.strip_prefix('#')?;
                    let code = match number.strip_prefix(['x', 'X']) {
                        Some(hex) => u32::from_str_radix(hex, 16),
                        None => number.parse(),
                    };
                    char::from_u32(code.ok()?)?
                }
            };
            Some((Some(char), length + 1))
        }
        _ => None,
    }
}

/// A character of one byte or more, each of them `%` and two digits.
fn percent(units: &[Unit]) -> Option<(Option<char>, usize)> {
    let mut bytes = Vec::new();
    while let Some([percent, high, low]) = units.get(3 * bytes.len()..3 * bytes.len() + 3)
        && percent.char == '%'
        && let (Some(high), Some(low)) = (high.char.to_digit(16), low.char.to_digit(16))
    {
        bytes.push(u8::try_from(16 * high + low).ok()?);
        if let Ok(text) = std::str::from_utf8(&bytes) {
            return Some((text.chars().next(), 3 * bytes.len()));
        }
        if bytes.len() == 4 {
            break;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    fn redactor(secrets: &[&str]) -> Redactor {
        let redactor = Redactor::default();
        secrets.iter().for_each(|secret| redactor.add(&(*secret).into()));
        redactor
    }

    const SECRETS: [&str; 5] = [
        "glsa_0123456789abcdefABCDEF_01234567",
        "p\u{e4}ss \"w\u{f6}rd\"\t<&>/?+=\u{1f600}-%41",
        "eyJhbGciOiJFUzUxMiJ9.eyJsaWQiOiIxMjM0NTYifQ.c2lnbmF0dXJl\n",
        "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\nnNyZXQ7cx5kWOXh+PZBhXUuuYYj4fhIcRTt/\n-----END PRIVATE KEY-----\n",
        "hunter2",
    ];

    fn spellings(secret: &str) -> Vec<String> {
        let json = serde_json::to_string(secret).unwrap();
        let json = json[1..json.len() - 1].to_owned();
        let ascii: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&#34;");
        let pair = format!("admin:{}", secret.trim());
        vec![
            secret.to_owned(),
            secret.trim().to_owned(),
            format!("{secret}\n"),
            secret.split_whitespace().collect::<Vec<_>>().join(" "),
            json.clone(),
            serde_json::to_string(&json).unwrap(),
            ascii,
            percent.to_lowercase(),
            percent,
            form,
            html,
            format!("http://admin:{secret}@host/"),
            STANDARD.encode(secret),
            STANDARD_NO_PAD.encode(secret),
            URL_SAFE.encode(secret),
            format!("Basic {}", STANDARD.encode(&pair)),
            format!("Basic {}", STANDARD.encode(format!("a{pair}"))),
            format!("Basic {}", STANDARD.encode(format!("ab{pair}"))),
        ]
    }

    #[test]
    fn no_spelling_of_a_secret_is_shown() {
        let redactor = redactor(&SECRETS);
        for secret in SECRETS {
            for spelling in spellings(secret) {
                let shown = redactor.quote(&format!("before [{spelling}] after"));
                assert!(shown.contains(MARK), "{spelling}: {shown}");
                assert!(
                    shown.starts_with("before [") && shown.ends_with("] after"),
                    "{spelling}: {shown}"
                );
                assert!(!canonical(&shown).contains(&canonical(secret)), "{spelling}: {shown}");
            }
        }
    }

    #[test]
    fn a_line_or_a_part_is_enough() {
        let redactor = redactor(&SECRETS);
        for part in ["eyJsaWQiOiIxMjM0NTYifQ", "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg"] {
            assert_eq!(&*redactor.quote(part), MARK);
        }
    }

    #[test]
    fn a_short_secret_is_hidden_as_a_word_and_words_stay() {
        let redactor = redactor(&["in", "a"]);
        let shown = redactor.quote("invalid user in admin:in@host, %3Ain%20, a");
        assert_eq!(
            &*shown,
            "invalid user [redacted] admin:[redacted]@host, %3A[redacted]%20, [redacted]"
        );
    }

    #[test]
    fn a_text_is_one_short_line() {
        let redactor = redactor(&SECRETS);
        assert_eq!(&*redactor.quote(" a\r\n\tb\u{7} "), "a b");
        let shown = redactor.quote(&"a".repeat(999));
        assert_eq!(shown.chars().count(), SHOWN + 1);
        let secret = SECRETS[0];
        for length in READ - 2 * secret.len()..READ + secret.len() {
            let text = [&" ".repeat(length), secret, &" ".repeat(READ)].concat();
            let shown = redactor.quote(&text);
            assert!(!shown.contains("glsa"), "{length}: {shown}");
        }
    }

    #[test]
    fn layers_of_escapes_cost_little() {
        let redactor = redactor(&SECRETS);
        let _ = redactor.quote(&["%", &"25".repeat(READ)].concat());
    }
}
