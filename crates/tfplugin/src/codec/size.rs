//! How much memory a value may take, found out before any of it is taken.
//!
//! A byte of MessagePack or JSON can become a hundred bytes in memory. Text takes what it took before,
//! and the message's own limit bounds it; everything else is counted here.

use rmp::Marker;

use super::CodecError;

/// How much a value may hold: as many scalars, or a sixteenth as many objects.
pub(super) const MOST: u64 = 1 << 20;

/// What an object or a map counts as, in scalars: it is a tree whose first node has room for several.
const MAPPING: u64 = 16;

/// Checks how much bytes of JSON hold, which it returns. Whether they are JSON at all, the parser finds out.
pub(super) fn check_json(bytes: &[u8]) -> Result<u64, CodecError> {
    let (mut size, mut in_text, mut escaped) = (1, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b',' | b':' | b'[' => size += 1,
            b'{' => size += MAPPING,
            _ => {}
        }
        if size > MOST {
            return Err(CodecError::TooLarge);
        }
    }
    Ok(size)
}

/// Checks how much a value of MessagePack holds, which it returns, and that all of it is there.
pub(super) fn check_msgpack(bytes: &[u8]) -> Result<u64, CodecError> {
    let mut rest = Bytes(bytes);
    let (mut size, mut to_come) = (0_u64, 1_u64);
    while to_come > 0 {
        let (skipped, inside, weight) = rest.header()?;
        rest.take(skipped)?;
        to_come = (to_come - 1).saturating_add(inside);
        size += weight;
        if size > MOST {
            return Err(CodecError::TooLarge);
        }
    }
    if rest.0.is_empty() { Ok(size) } else { Err(CodecError::MessagePack) }
}

/// Bytes that are still to be read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take(&mut self, count: u64) -> Result<&[u8], CodecError> {
        let count = usize::try_from(count).map_err(|_| CodecError::MessagePack)?;
        let (taken, rest) = self.0.split_at_checked(count).ok_or(CodecError::MessagePack)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A length of that many bytes.
    fn length(&mut self, bytes: u64) -> Result<u64, CodecError> {
        Ok(self.take(bytes)?.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)))
    }

    /// The beginning of a value: how many bytes it goes on for, how many values stand in it, what it counts as.
    fn header(&mut self) -> Result<(u64, u64, u64), CodecError> {
        let marker = Marker::from_u8(self.take(1)?[0]);
        let scalar = |bytes| (bytes, 0, 1);
        let array = |items| (0, items, 1);
        let map = |entries: u64| (0, entries * 2, MAPPING);
        Ok(match marker {
            Marker::FixPos(_) | Marker::FixNeg(_) => scalar(0),
            Marker::Null | Marker::True | Marker::False => scalar(0),
            Marker::U8 | Marker::I8 => scalar(1),
            Marker::U16 | Marker::I16 => scalar(2),
            Marker::U32 | Marker::I32 | Marker::F32 => scalar(4),
            Marker::U64 | Marker::I64 | Marker::F64 => scalar(8),
            Marker::FixStr(length) => scalar(length.into()),
            Marker::Str8 | Marker::Bin8 => scalar(self.length(1)?),
            Marker::Str16 | Marker::Bin16 => scalar(self.length(2)?),
            Marker::Str32 | Marker::Bin32 => scalar(self.length(4)?),
            // An extension has a byte more, its type.
            Marker::FixExt1 => scalar(2),
            Marker::FixExt2 => scalar(3),
            Marker::FixExt4 => scalar(5),
            Marker::FixExt8 => scalar(9),
            Marker::FixExt16 => scalar(17),
            Marker::Ext8 => scalar(self.length(1)? + 1),
            Marker::Ext16 => scalar(self.length(2)? + 1),
            Marker::Ext32 => scalar(self.length(4)? + 1),
            Marker::FixArray(items) => array(items.into()),
            Marker::Array16 => array(self.length(2)?),
            Marker::Array32 => array(self.length(4)?),
            Marker::FixMap(entries) => map(entries.into()),
            Marker::Map16 => map(self.length(2)?),
            Marker::Map32 => map(self.length(4)?),
            Marker::Reserved => return Err(CodecError::MessagePack),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_not_counted_and_values_are() {
        let text = format!("[\"{}\"]", ",{[\\\"".repeat(1 << 20));
        assert_eq!(check_json(text.as_bytes()), Ok(2));
        assert!(check_json(format!("[{}1]", "1,".repeat(1 << 19)).as_bytes()).is_ok());
        for much in ["1,", "{\"\":0},", "[[],"] {
            let json = format!("[{}1]", much.repeat(1 << 20));
            assert_eq!(check_json(json.as_bytes()), Err(CodecError::TooLarge), "{much}");
        }
    }

    #[test]
    fn what_is_announced_has_to_be_there() {
        let array = |items: &[u8], count: u32| {
            [&[0xdd], &count.to_be_bytes()[..], &items.repeat(count as usize)].concat()
        };
        assert_eq!(check_msgpack(&array(&[0xc0], 1 << 19)), Ok((1 << 19) + 1));
        assert_eq!(check_msgpack(&array(&[0xc0], 1 << 21)), Err(CodecError::TooLarge));
        assert_eq!(check_msgpack(&array(&[0x81, 0xa0, 0x00], 1 << 17)), Err(CodecError::TooLarge));
        assert_eq!(check_msgpack(&[0xdd, 0xff, 0xff, 0xff, 0xff]), Err(CodecError::MessagePack));
        assert_eq!(check_msgpack(&[0xdf, 0xff, 0xff, 0xff, 0xff]), Err(CodecError::MessagePack));
        assert_eq!(check_msgpack(&[0xdb, 0xff, 0xff, 0xff, 0xff, 0]), Err(CodecError::MessagePack));
        assert_eq!(check_msgpack(&[0xc0, 0xc0]), Err(CodecError::MessagePack));
    }
}
