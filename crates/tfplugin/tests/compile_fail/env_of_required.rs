use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[provider]
struct Thing {
    /// Its name.
    #[attr(required, env = "NAME")]
    name: Value<String>,
}

fn main() {}
