use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its name.
    #[attr(optional, replace, write_only)]
    name: Value<String>,
}

fn main() {}
