use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its name.
    #[attr(optional, length(1..))]
    name: Value<bool>,
}

fn main() {}
