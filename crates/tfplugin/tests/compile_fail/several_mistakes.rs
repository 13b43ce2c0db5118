use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its name.
    #[attr(required, computed)]
    name: Value<String>,
    /// Its place.
    #[attr(optional, use_state_for_unknown)]
    place: Value<String>,
}

fn main() {}
