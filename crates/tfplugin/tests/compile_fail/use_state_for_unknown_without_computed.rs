use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its name.
    #[attr(optional, use_state_for_unknown)]
    name: Value<String>,
}

fn main() {}
