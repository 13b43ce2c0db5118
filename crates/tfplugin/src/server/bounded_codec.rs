//! The encoding of messages, with a bound on what a hostile one may take.

use std::marker::PhantomData;

use prost::Message;
use prost::bytes::Buf;
use prost::encoding::{DecodeContext, decode_key, skip_field};
use tonic::Status;
use tonic::codec::{BufferSettings, Codec, DecodeBuf, Decoder};
use tonic_prost::ProstCodec;

/// How many fields a message may have: an empty element of a list takes two bytes there, and fifty in memory.
const MOST_FIELDS: usize = 1 << 16;

/// The codec of the protocol's messages. It counts the fields of one before any memory is taken for them.
///
/// Only the outermost fields: no message within a request has a list (`RawState.flatmap` is declared as bytes).
pub(crate) struct BoundedCodec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for BoundedCodec<T, U> {
    fn default() -> Self {
        BoundedCodec(PhantomData)
    }
}

impl<T, U> Codec for BoundedCodec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = <ProstCodec<T, U> as Codec>::Encoder;
    type Decoder = BoundedDecoder<<ProstCodec<T, U> as Codec>::Decoder>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<T, U>::default().encoder()
    }

    fn decoder(&mut self) -> Self::Decoder {
        BoundedDecoder(ProstCodec::<T, U>::default().decoder())
    }
}

pub(crate) struct BoundedDecoder<D>(D);

impl<D: Decoder<Error = Status>> Decoder for BoundedDecoder<D> {
    type Item = D::Item;
    type Error = Status;

    fn decode(&mut self, message: &mut DecodeBuf<'_>) -> Result<Option<Self::Item>, Status> {
        if has_too_many_fields(message.chunk()) {
            return Err(Status::invalid_argument("the message has too many fields"));
        }
        self.0.decode(message)
    }

    fn buffer_settings(&self) -> BufferSettings {
        self.0.buffer_settings()
    }
}

/// Whether the bytes of a message hold more than may be taken apart. What is wrong with them otherwise, the
/// decoder finds out.
fn has_too_many_fields(mut message: &[u8]) -> bool {
    let mut skip = || {
        let (tag, kind) = decode_key(&mut message).ok()?;
        skip_field(kind, tag, &mut message, DecodeContext::default()).ok()
    };
    (0..=MOST_FIELDS).all(|_| skip().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_message_are_counted() {
        let arguments = |count: usize| [0x12, 0x00].repeat(count);
        assert!(!has_too_many_fields(&[]));
        assert!(!has_too_many_fields(&arguments(MOST_FIELDS)));
        assert!(has_too_many_fields(&arguments(MOST_FIELDS + 1)));
        assert!(!has_too_many_fields(&[0x12]), "cut off");
    }
}
