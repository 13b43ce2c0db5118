use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its name.
    #[attr(optional, one_of("1", "2"))]
    name: Value<i64>,
}

fn main() {}
