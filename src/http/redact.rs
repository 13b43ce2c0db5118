//! What servers, proxies and child processes said, made fit to be shown.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, URL_SAFE};
use secrecy::{ExposeSecret, SecretString};

/// Longest text that is shown, in characters.
const SHOWN: usize = 300;

/// How much of a text is looked at, in bytes.
const READ: usize = 16 * 1024;

/// As many characters of a secret give enough of it away. A shorter one may be part of an ordinary
/// word: it counts only where it is a word by itself.
const PART: usize = 8;

/// A shorter secret of nothing but small letters is an ordinary word too.
const WORD: usize = 12;

/// Where a long text was cut, a secret may have been cut too: as many characters are not shown.
const TAIL: usize = 128;

/// How many layers of escapes are taken away: an error in an error in an error.
const LAYERS: usize = 5;

/// How many secrets of single requests are remembered.
const LATEST: usize = 64;

const MARK: &str = "[redacted]";

/// Takes the secrets of a run out of texts, and whatever has eight characters in a row in common
/// with one, in every spelling: letters of another case, white space in it or around it changed,
/// escaped for URLs, JSON or HTML, in hexadecimal, in base64 of either alphabet, once or twice and
/// also as part of a longer text there. Clones share the secrets.
#[derive(Clone, Default)]
pub struct Redactor(Arc<Mutex<Known>>);

/// The secrets, as they are compared.
#[derive(Default)]
struct Known {
    hasher: RandomState,
    /// Hashes of the secrets themselves.
    secrets: HashSet<u64>,
    /// Hashes of all parts of all their spellings.
    parts: HashSet<u64>,
    /// Those that count only as words.
    words: HashSet<Vec<char>>,
    /// Those whose parts are not known yet, and whether a known password stands behind a user in them. Most runs show no
    /// text, and the parts of the secrets of a thousand keys take longer than all else that is done for these.
    added: Vec<(SecretString, bool)>,
    /// Those of the latest requests, to be added when a text is shown.
    latest: VecDeque<SecretString>,
}

/// What somebody said, as far as it may be shown: one line of at most 300 characters without a
/// secret of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted(String);

impl Known {
    fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.is_empty() || !self.secrets.insert(self.hasher.hash_one(secret)) {
            return;
        }
        let is_known = |password| self.secrets.contains(&self.hasher.hash_one(password));
        let after_user = secret.split_once(':').map(|(_, password)| password.trim());
        self.added.push((secret.into(), after_user.is_some_and(is_known)));
    }

    fn learn_added(&mut self) {
        for secret in std::mem::take(&mut self.latest) {
            self.add(secret.expose_secret());
        }
        for (secret, has_known_password) in std::mem::take(&mut self.added) {
            self.learn_spellings(secret.expose_secret(), has_known_password);
        }
    }

    fn learn_spellings(&mut self, secret: &str, has_known_password: bool) {
        // Of a user and a password that is known, the user is no secret.
        if !has_known_password {
            let is_word = secret.len() < WORD
                && secret.chars().skip(1).all(|char| char.is_ascii_lowercase())
                && secret.starts_with(|char: char| char.is_ascii_alphabetic());
            self.learn(secret, is_word);
        }
        self.learn(&secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>(), false);
        // Most secrets are the same in both alphabets, and are learned once.
        let once = [STANDARD, URL_SAFE].map(|alphabet| in_base64(secret, &alphabet));
        for once in once.into_iter().flatten().collect::<BTreeSet<_>>() {
            self.learn(&once, false);
            in_base64(&once, &STANDARD).for_each(|twice| self.learn(&twice, false));
        }
    }

    fn learn(&mut self, spelling: &str, is_word: bool) {
        let spelling = Spelling::of(spelling).significant;
        if is_word || spelling.len() < PART {
            self.words.extend((!spelling.is_empty()).then_some(spelling));
        } else {
            self.parts.extend(spelling.windows(PART).map(|part| self.hasher.hash_one(part)));
        }
    }
}

impl Redactor {
    /// Keeps a secret out of every text from now on.
    pub fn add(&self, secret: &SecretString) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(secret.expose_secret());
    }

    /// The same for a secret of one request, such as its signature. Of these only the latest are
    /// remembered: there are as many as requests.
    pub fn add_of_request(&self, secret: SecretString) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.latest.len() == LATEST {
            known.latest.pop_front();
        }
        known.latest.push_back(secret);
    }

    /// The text, fit to be shown.
    #[must_use]
    pub fn quote(&self, text: &str) -> Quoted {
        let mut read = text[..text.floor_char_boundary(READ)].to_owned();
        let is_cut = read.len() < text.len();
        read.retain(|char| !is_format(char));
        let spelling = Spelling::of(&read);
        let hidden = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.learn_added();
            spelling.hidden(&known)
        };
        let tail = spelling.of.len().checked_sub(TAIL).map_or(0, |at| spelling.of[at]);
        let shown = if is_cut { tail } else { spelling.units.len() };
        let mut line = String::new();
        let (mut at, mut was_hidden) = (0, false);
        for (unit, is_hidden) in spelling.units.iter().zip(hidden).take(shown) {
            match (was_hidden, is_hidden) {
                (_, false) => line.push_str(&read[at..unit.end]),
                (false, true) => line.extend([&read[at..unit.start], MARK]),
                (true, true) => {}
            }
            (at, was_hidden) = (unit.end, is_hidden);
        }
        if !is_cut {
            line.push_str(&read[at..]);
        }
        Quoted(one_line(&line))
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
    /// The significant characters, and for each of them the unit that it is of.
    significant: Vec<char>,
    of: Vec<usize>,
}

impl Spelling {
    fn of(text: &str) -> Self {
        let units = text.char_indices().map(|(start, char)| {
            let end = start + char.len_utf8();
            Unit { char, start, end }
        });
        let units = (0..LAYERS).fold(units.collect::<Vec<_>>(), |units, _| decoded(&units));
        let (mut significant, mut of) = (Vec::new(), Vec::new());
        for (index, unit) in units.iter().enumerate() {
            significant.extend(meaning(unit.char).into_iter().flat_map(char::to_lowercase));
            of.resize(significant.len(), index);
        }
        Self { units, significant, of }
    }

    /// Which of the units are of a secret.
    fn hidden(&self, known: &Known) -> Vec<bool> {
        let mut hidden = vec![false; self.units.len()];
        for (at, part) in self.significant.windows(PART).enumerate() {
            if known.parts.contains(&known.hasher.hash_one(part)) {
                hidden[self.of[at]..=self.of[at + PART - 1]].fill(true);
            }
        }
        let continues = |index: Option<usize>| {
            let unit = index.and_then(|index| self.units.get(index));
            unit.is_some_and(|unit| unit.char.is_alphanumeric())
        };
        for word in &known.words {
            for (at, _) in
                self.significant.windows(word.len()).enumerate().filter(|(_, it)| it == word)
            {
                let (first, last) = (self.of[at], self.of[at + word.len() - 1]);
                if !continues(first.checked_sub(1)) && !continues(Some(last + 1)) {
                    hidden[first..=last].fill(true);
                }
            }
        }
        hidden
    }
}

/// The base64 of this text alone, and what is in that of every text that has this one in it, so many
/// bytes behind the start of a group of three.
fn in_base64(text: &str, alphabet: &GeneralPurpose) -> impl Iterator<Item = String> + use<> {
    let within = |offset: usize| {
        let padded = [&vec![0; offset], text.as_bytes()].concat();
        // Characters that are of this text alone.
        let own = (offset * 8).div_ceil(6)..padded.len() * 8 / 6;
        alphabet.encode(&padded).get(own).filter(|it| it.len() >= PART).map(str::to_owned)
    };
    [Some(alphabet.encode(text)), within(1), within(2)].into_iter().flatten()
}

/// Whether it is of the category Cf, or a mark that is not seen either.
fn is_format(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What makes no difference in any spelling is left out: white space, and what base64 writes in
/// different ways.
fn meaning(char: char) -> Option<char> {
    match char {
        '+' | '-' | '=' => None,
        '/' => Some('_'),
        char if char.is_whitespace() || char.is_control() || is_format(char) => None,
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
        '%' => bytes(units, 1),
        '\\' => match units.get(1)?.char {
            'x' | 'X' => bytes(units, 2),
            'u' | 'U' => match hex(2..6)? {
                high @ 0xD800..0xDC00 if text(6..8)?.eq_ignore_ascii_case("\\u") => {
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
            let char = match text(1..length)?.to_lowercase().as_str() {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                number => {
                    let number = number.strip_prefix('#')?;
                    let code = match number.strip_prefix('x') {
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

/// A character of one byte or more, each of them two digits behind what introduces it: `%` or `\x`.
fn bytes(units: &[Unit], introduced: usize) -> Option<(Option<char>, usize)> {
    let same = |a: &[Unit]| {
        a.iter().zip(units).take(introduced).all(|(a, b)| a.char.eq_ignore_ascii_case(&b.char))
    };
    let mut bytes = Vec::new();
    for byte in units.chunks_exact(introduced + 2).take(4).take_while(|byte| same(byte)) {
        let [high, low] = [0, 1].map(|digit| byte[introduced + digit].char.to_digit(16));
        let Some((high, low)) = high.zip(low) else { break };
        bytes.push(u8::try_from(16 * high + low).ok()?);
        if let Ok(text) = std::str::from_utf8(&bytes) {
            return Some((text.chars().next(), (introduced + 2) * bytes.len()));
        }
    }
    // Latin-1.
    (introduced == 2).then_some((Some(char::from(*bytes.first()?)), 4))
}

#[cfg(test)]
mod tests;
