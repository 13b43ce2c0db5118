use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its name.
    #[attr(computed, replace)]
    name: Value<String>,
}

fn main() {}
