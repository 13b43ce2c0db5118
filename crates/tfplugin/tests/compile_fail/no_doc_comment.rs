use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    #[attr(required)]
    name: Value<String>,
}

fn main() {}
