use tfplugin::{Schema, Secret, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its key.
    #[attr(required, sensitive, validate = |key: &str| Err::<(), _>(format!("not {key}")))]
    key: Value<Secret>,
}

fn main() {}
