//! Status codes with wildcards, as `retry_status_codes` has them.

use std::fmt;
use std::str::FromStr;

/// Three digits of the HTTP status of an error, the last two of which may be `x` for any digit: `429`,
/// `5xx`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatusPattern([Option<u8>; 3]);

impl StatusPattern {
    /// What is repeated if nothing is set: `429` and `5xx`.
    pub const DEFAULT: [Self; 2] = [Self([Some(4), Some(2), Some(9)]), Self([Some(5), None, None])];

    /// Whether a status is one of these.
    #[must_use]
    pub fn matches(&self, status: u16) -> bool {
        let digits = [status / 100, status / 10 % 10, status % 10];
        self.0
            .iter()
            .zip(digits)
            .all(|(wanted, digit)| wanted.is_none_or(|wanted| u16::from(wanted) == digit))
    }
}

/// A text that is not a status code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not the status code of an error: 400 to 599, where `x` can stand for any digit but the first, such as `429` or `5xx`. An answer with another status is never sent again"
)]
pub struct InvalidStatusPattern(String);

impl FromStr for StatusPattern {
    type Err = InvalidStatusPattern;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || InvalidStatusPattern(text.to_owned());
        let digits = text
            .chars()
            .map(|char| match char {
                'x' | 'X' => Ok(None),
                '0'..='9' => Ok(Some(char as u8 - b'0')),
                _ => Err(wrong()),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let digits: [Option<u8>; 3] = digits.try_into().map_err(|_| wrong())?;
        match digits[0] {
            Some(4..=5) => Ok(Self(digits)),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for StatusPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for digit in self.0 {
            match digit {
                Some(digit) => write!(f, "{digit}")?,
                None => f.write_str("x")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, status: u16) -> bool {
        pattern.parse::<StatusPattern>().unwrap().matches(status)
    }

    #[test]
    fn x_stands_for_one_digit() {
        assert!(matches("429", 429));
        assert!(!matches("429", 428));
        assert!(matches("5xx", 500) && matches("5XX", 599));
        assert!(!matches("5xx", 499));
        assert!(matches("50x", 504) && !matches("50x", 511));
        assert!(matches("4x4", 404) && matches("4x4", 424) && !matches("4x4", 400));
    }

    #[test]
    fn defaults_are_429_and_5xx() {
        let shown: Vec<_> = StatusPattern::DEFAULT.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["429", "5xx"]);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in
            ["", "5x", "5xxx", "abc", "999", "0xx", "5-1", "200", "302", "xxx", "x04", "４２９"]
        {
            assert!(text.parse::<StatusPattern>().is_err(), "{text}");
        }
    }
}
