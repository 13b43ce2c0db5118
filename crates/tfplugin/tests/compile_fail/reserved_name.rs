use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// How many.
    #[attr(required)]
    count: Value<i64>,
}

fn main() {}
