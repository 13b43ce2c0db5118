use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing", timeouts(create = "ten minutes"))]
struct Thing {
    /// Its name.
    #[attr(required)]
    name: Value<String>,
}

fn main() {}
