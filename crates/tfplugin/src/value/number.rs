//! Terraform's one number type: any size, any fraction, without loss.

use std::fmt;
use std::str::FromStr;

use bigdecimal::num_bigint::ToBigInt;
use bigdecimal::{BigDecimal, ToPrimitive};

/// The largest power of ten accepted either way; larger ones could only be an attack on memory.
const MAX_EXPONENT: u64 = 10_000;

/// The most digits of a number before its power of ten, in bits: about 12,000 of them.
const MAX_BITS: u64 = 40_000;

/// Longer than the longest number, written out. Longer texts are not looked at: that takes too long.
const MAX_TEXT: usize = 30_000;

/// A Terraform number: a decimal of any precision, compared by value (`1.50` equals `1.5`).
///
/// ```
/// use tfplugin::Number;
///
/// let large: Number = "18446744073709551616".parse().unwrap();
/// assert_eq!(large.as_u64(), None);
/// assert_eq!(large.to_string(), "18446744073709551616");
/// assert_eq!("1.50".parse::<Number>(), "1.5".parse());
/// assert_eq!(Number::from(7_i64).as_i64(), Some(7));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

/// A text or float that is no number Terraform can hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a number that Terraform can hold")]
pub struct NotANumber;

impl Number {
    /// The value as an `i64`, if it is whole and fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.is_integer().then(|| self.0.to_i64()).flatten()
    }

    /// The value as a `u64`, if it is whole and fits.
    pub fn as_u64(&self) -> Option<u64> {
        self.0.is_integer().then(|| self.0.to_u64()).flatten()
    }

    /// The nearest `f64`.
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().unwrap_or(f64::NAN)
    }

    /// The value as an `f64`, only if that loses nothing.
    pub fn as_exact_f64(&self) -> Option<f64> {
        let float = self.0.to_f64().filter(|f| f.is_finite())?;
        let back = BigDecimal::try_from(float).ok()?;
        (back == self.0).then_some(float)
    }
}

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        if text.len() > MAX_TEXT {
            return Err(NotANumber);
        }
        let number = BigDecimal::from_str(text).map_err(|_| NotANumber)?.normalized();
        let (digits, scale) = number.as_bigint_and_exponent();
        let is_held = scale.unsigned_abs() <= MAX_EXPONENT && digits.bits() <= MAX_BITS;
        is_held.then_some(Number(number)).ok_or(NotANumber)
    }
}

/// Plain decimal notation, never an exponent, so that every reader takes it.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.is_integer().then(|| self.0.to_bigint()).flatten() {
            Some(whole) => write!(f, "{whole}"),
            None => f.write_str(&self.0.to_plain_string()),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<f64> for Number {
    type Error = NotANumber;

    fn try_from(float: f64) -> Result<Self, NotANumber> {
        BigDecimal::try_from(float)
            .map(|number| Number(number.normalized()))
            .map_err(|_| NotANumber)
    }
}

macro_rules! from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Number {
            fn from(value: $integer) -> Self {
                Number(BigDecimal::from(value))
            }
        }
    )*};
}
from_integer!(i32, u32, i64, u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_no_float_can_hold() {
        for text in ["18446744073709551616", "0.1", "-12345678901234567890.000000001"] {
            let number: Number = text.parse().unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(number.as_exact_f64().is_some(), text == "18446744073709551616");
        }
    }

    #[test]
    fn compares_by_value() {
        assert_eq!("1.50".parse::<Number>(), "1.5".parse());
        assert_eq!("1e3".parse::<Number>().unwrap(), Number::from(1000_i64));
        assert_eq!("1e3".parse::<Number>().unwrap().to_string(), "1000");
    }

    #[test]
    fn whole_numbers_convert_only_when_they_fit() {
        assert_eq!(Number::from(7_i64).as_i64(), Some(7));
        assert_eq!("7.5".parse::<Number>().unwrap().as_i64(), None);
        assert_eq!("9223372036854775808".parse::<Number>().unwrap().as_i64(), None);
        assert_eq!("9223372036854775808".parse::<Number>().unwrap().as_u64(), Some(1 << 63));
    }

    #[test]
    fn what_is_read_is_written_so_that_it_is_read_again() {
        let digits = "7".repeat(12_000);
        for power in ["", "e9999", "e-9999", "e-12000"] {
            let text = format!("{digits}{power}");
            let Ok(number) = text.parse::<Number>() else {
                assert_eq!(power, "e-12000");
                continue;
            };
            assert_eq!(number.to_string().parse(), Ok(number));
        }
    }

    #[test]
    fn refuses_what_would_fill_memory_or_is_no_number() {
        for text in ["1e99999999999", "1e-99999999999", "NaN", "inf", "", "1,5"] {
            assert_eq!(text.parse::<Number>(), Err(NotANumber), "{text}");
        }
        assert_eq!("1".repeat(64 << 20).parse::<Number>(), Err(NotANumber));
        assert_eq!(Number::try_from(f64::NAN), Err(NotANumber));
    }
}
