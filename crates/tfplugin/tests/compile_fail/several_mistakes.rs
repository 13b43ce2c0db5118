use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its name.
    #[attr(required, computed)]
    name: Value<String>,
    /// Its place.
    #[attr(optional, keep)]
    place: Value<String>,
}

fn main() {}
