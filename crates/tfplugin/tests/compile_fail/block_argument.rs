use tfplugin::{Object, Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its links.
    #[block(required, length(1..=5), nonsense)]
    link: Value<Vec<Link>>,
}

/// A link.
#[derive(Object)]
struct Link {
    /// Where to.
    #[attr(required)]
    to: Value<String>,
}

fn main() {}
