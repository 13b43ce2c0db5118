use tfplugin::{Object, Schema, Value};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its parts.
    #[attr(optional)]
    part: Value<Vec<Part>>,
}

/// A part.
#[derive(Object)]
struct Part {
    /// Its screws.
    #[block]
    screw: Value<Vec<Screw>>,
}

/// A screw.
#[derive(Object)]
struct Screw {
    /// How long.
    #[attr(required)]
    length: Value<i64>,
}

fn main() {}
