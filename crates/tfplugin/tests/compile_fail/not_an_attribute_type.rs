use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its name.
    #[attr(required)]
    name: Value<std::time::Duration>,
}

fn main() {}
