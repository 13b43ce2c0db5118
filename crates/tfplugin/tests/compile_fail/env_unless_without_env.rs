use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[provider]
struct Thing {
    /// Its name.
    #[attr(optional, env_unless(name))]
    name: Value<String>,
}

fn main() {}
