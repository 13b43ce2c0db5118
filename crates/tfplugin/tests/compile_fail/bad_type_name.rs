use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("Test-Thing")]
struct Thing {
    /// Its name.
    #[attr(required)]
    name: Value<String>,
}

fn main() {}
