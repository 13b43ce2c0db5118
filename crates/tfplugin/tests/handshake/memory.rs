//! What hostile messages may cost.

#![cfg(target_os = "linux")]

use prost::bytes::{Buf, BufMut};
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::*;
use tfplugin::testing::host::Started;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Status};

use super::programs::example;

/// The size of each message.
const SIZE: usize = 60 << 20;

/// What all of it may take, for messages of that size.
const BOUND: usize = 6 * SIZE;

/// The most memory that a process has had.
fn peak(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<usize>().unwrap() << 10
}

fn repeated(item: &[u8]) -> Vec<u8> {
    item.repeat(SIZE / item.len())
}

/// A MessagePack array of as many such items as fit.
fn array(item: &[u8]) -> Vec<u8> {
    let count = u32::try_from(SIZE / item.len()).unwrap();
    [&[0xdd], &count.to_be_bytes()[..], &repeated(item)].concat()
}

/// Sends bytes as they are.
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = usize;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, message: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(&message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = usize;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<usize>, Status> {
        let length = from.remaining();
        from.advance(length);
        Ok(Some(length))
    }
}

#[tokio::test]
async fn large_messages_take_a_small_multiple_of_their_size() {
    let started = Started::new(&example("minimal"));
    let mut provider =
        ProviderClient::new(started.channel().await).max_encoding_message_size(1 << 30);
    let type_name = || "minimal_file".to_owned();
    let mut packs = [&[0xc3][..], &[0x81, 0xa0, 0x00], &[0x90], &[0xa0]].map(array).to_vec();
    packs.push(repeated(&[0x91]));
    for msgpack in packs {
        let config = Some(DynamicValue { msgpack, json: Vec::new() });
        let request = validate_resource_config::Request {
            type_name: type_name(),
            config,
            ..Default::default()
        };
        let answer = provider.validate_resource_config(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics[0].summary, "Unreadable value");
    }
    for item in ["{\"\":0},", "0,", "\"\",", "[[],"] {
        let json = [b"[", &repeated(item.as_bytes())[..]].concat();
        let raw_state = Some(RawState { json, ..Default::default() });
        let request =
            upgrade_resource_state::Request { type_name: type_name(), raw_state, version: 0 };
        let answer = provider.upgrade_resource_state(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics[0].summary, "Unreadable value", "{item}");
    }
    let entry = [0x12, 0x06, 0x0a, 0x01, b'k', 0x12, 0x01, b'v'];
    let mut length = vec![0x1a];
    prost::encoding::encode_varint(SIZE as u64, &mut length);
    for (rpc, message) in [
        ("CallFunction", repeated(&[0x12, 0x00])),
        ("CallFunction", repeated(&[0x12, 0x03, 0x0a, 0x01, 0xc0])),
        ("UpgradeResourceState", [length, repeated(&entry)].concat()),
    ] {
        let path = format!("/tfplugin6.Provider/{rpc}").parse().unwrap();
        let mut raw = tonic::client::Grpc::new(started.channel().await);
        raw.ready().await.unwrap();
        let answer = raw.unary(Request::new(message), path, Raw).await;
        assert_eq!(answer.is_err(), rpc == "CallFunction", "{answer:?}");
    }
    let config = Some(DynamicValue { msgpack: array(&[0xc3]), json: vec![b' '; SIZE] });
    let request = validate_provider_config::Request { config };
    assert!(provider.validate_provider_config(request).await.is_err(), "a message of 120 MB");
    let peak = peak(started.child.id());
    assert!(peak < BOUND, "{} MB", peak >> 20);
}
