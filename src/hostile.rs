//! Properties that hold of any bytes that come from outside: `fuzz/` tries them by the million, and the test below
//! by the thousand, from the same seeds.

use std::cell::RefCell;

use tfplugin::testing::hostile::{self, Requests};

use crate::grafana::{self, RootUrl, same_root_url, without_userinfo};
use crate::keys::{KeyId, parse_key_id};
use crate::provider::Grafana;
use crate::workspaces::WorkspaceAddress;

/// A property: it panics where it does not hold.
pub type Property = fn(&[u8]);

/// All of them, each by the name of its target and of its seeds in `fuzz/`.
pub const PROPERTIES: [(&str, Property); 8] = [
    ("value", hostile::value),
    ("request", request),
    ("handshake", hostile::handshake),
    ("environment", environment),
    ("license_token", license_token),
    ("import_id", import_id),
    ("grafana_answer", grafana::hostile::answer),
    ("amazon_answer", crate::amazon::hostile::answer),
];

/// Tries the property of that name.
///
/// # Panics
/// Where it does not hold, and when there is none of that name.
pub fn run(name: &str, bytes: &[u8]) {
    let property = PROPERTIES.iter().find(|(known, _)| *known == name);
    property.expect("a property of that name").1(bytes);
}

thread_local! {
    static PROVIDER: RefCell<Requests<Grafana>> = RefCell::new(Requests::new(Grafana));
}

/// Requests of Terraform about every type, with any value, state or text.
pub fn request(bytes: &[u8]) {
    PROVIDER.with_borrow(|provider| provider.answer(bytes));
}

/// The environment in place of the provider's attributes.
pub fn environment(bytes: &[u8]) {
    PROVIDER.with_borrow(|provider| provider.environment(bytes));
}

/// License tokens: what is refused is not quoted.
pub fn license_token(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(error) = grafana::license_token::decode(&(&*text).into()) {
        assert!(error.to_string().len() < 200);
    }
}

/// Ids to import by, organizations and addresses: what can be read is written and read as the same again.
pub fn import_id(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok((org, number)) = parse_key_id(&text) {
        let id = KeyId { org: org.unwrap_or_default(), number };
        assert_eq!(parse_key_id(&id.to_string()), Ok((Some(id.org), number)));
    }
    if let Ok(address) = text.parse::<WorkspaceAddress>() {
        assert_eq!(address.id.to_string().parse(), Ok(address.id));
    }
    if let Ok(url) = text.parse::<RootUrl>() {
        assert!(same_root_url(&url.to_string(), &text), "{url}");
        let shown = url::Url::parse(&without_userinfo(text.trim()));
        assert!(shown.is_ok_and(|it| it.username().is_empty() && it.password().is_none()), "{url}");
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::{Duration, Instant};

    use super::*;

    /// How many inputs are made of the seeds of a property.
    fn tries(name: &str) -> usize {
        match name {
            // Ten calls through the SDK, and a whole client with its TLS.
            "amazon_answer" | "environment" => 150,
            "grafana_answer" => 500,
            _ => 2_000,
        }
    }

    /// The length of what a seed is repeated to, and far longer than that may take where it is linear.
    const LONG: usize = 128 << 10;
    const BOUND: Duration = Duration::from_secs(20);

    fn fuzz() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz")
    }

    fn seeds(name: &str) -> Vec<Vec<u8>> {
        let seeds = std::fs::read_dir(fuzz().join("seeds").join(name)).expect(name);
        let mut seeds: Vec<_> = seeds.map(|seed| seed.expect("a file").path()).collect();
        seeds.sort();
        seeds.iter().map(|seed| std::fs::read(seed).expect("can be read")).collect()
    }

    /// A few bytes of it changed, removed, added, or put in from another seed.
    fn mutated(seed: &[u8], other: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..random.usize(1..5) {
            let at = random.usize(..=bytes.len());
            match random.u8(..6) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, random.u8(..)),
                2 => {
                    drop(bytes.splice(at.., other[random.usize(..=other.len())..].iter().copied()))
                }
                3 => drop(bytes.splice(at..at, bytes[..at].to_vec())),
                _ if at < bytes.len() => bytes[at] = random.u8(..),
                _ => bytes.push(*random.choice(b"\0\"{}[],:.=\xc1\xdd\xff").expect("some")),
            }
        }
        bytes
    }

    fn try_out(name: &str, property: Property) {
        let target = fuzz().join("fuzz_targets").join(name).with_extension("rs");
        assert!(target.is_file(), "{} is missing", target.display());
        let (seeds, mut random) = (seeds(name), fastrand::Rng::with_seed(7));
        assert!(seeds.len() > 1, "{name} has no seeds");
        for seed in &seeds {
            property(seed);
            let long: Vec<u8> = seed.iter().copied().cycle().take(LONG).collect();
            let begun = Instant::now();
            property(&long);
            assert!(begun.elapsed() < BOUND, "{name}: {:?}", begun.elapsed());
        }
        for at in 0..tries(name) {
            let (seed, other) = (&seeds[at % seeds.len()], &seeds[random.usize(..seeds.len())]);
            property(&mutated(seed, other, &mut random));
        }
    }

    #[test]
    fn whatever_bytes_come_each_property_holds() {
        std::thread::scope(|scope| {
            for (name, property) in PROPERTIES {
                scope.spawn(move || try_out(name, property));
            }
        });
    }
}
