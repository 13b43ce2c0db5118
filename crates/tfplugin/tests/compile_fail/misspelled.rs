use tfplugin::{Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing", verison = 1)]
struct Thing {
    /// Its name.
    #[attr(required)]
    name: Value<String>,
}

/// Another.
#[derive(Schema)]
#[resource("test_other")]
struct Other {
    /// Its name.
    #[attr(required, repalce)]
    name: Value<String>,
    /// Its place.
    #[attr(optional, conflicts(nam))]
    place: Value<String>,
    /// Its pattern.
    #[attr(optional, matches("(", "brackets"))]
    pattern: Value<String>,
    /// Its pattern.
    #[attr(optional, matches("a"))]
    unexplained: Value<String>,
}

fn main() {}
