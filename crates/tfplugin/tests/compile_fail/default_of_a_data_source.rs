use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[data_source("test_thing")]
struct Thing {
    /// Its name.
    #[attr(optional, default = "a")]
    name: Value<String>,
    /// Its size.
    #[attr(required, replace)]
    size: Value<i64>,
    /// Its color.
    #[attr(computed, use_state_for_unknown)]
    color: Value<String>,
}

fn main() {}
