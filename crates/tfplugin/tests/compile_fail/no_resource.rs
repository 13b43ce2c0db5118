use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]

struct Thing {
    /// Its name.
    #[attr(required)]
    name: Value<String>,
}

fn main() {}
