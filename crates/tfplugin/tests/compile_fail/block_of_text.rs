use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its name.
    #[block]
    name: Value<String>,
}

fn main() {}
