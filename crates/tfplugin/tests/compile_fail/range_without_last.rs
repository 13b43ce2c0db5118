use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its name.
    #[attr(optional, range(1..10))]
    name: Value<i64>,
}

fn main() {}
