use tfplugin::{Object, Schema, Value};

/// A part.
#[derive(Object)]
struct Part {
    /// Its key.
    #[attr(optional, write_only)]
    key: Value<String>,
}

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its parts.
    #[attr(optional)]
    parts: Value<Vec<Part>>,
}

fn main() {}
