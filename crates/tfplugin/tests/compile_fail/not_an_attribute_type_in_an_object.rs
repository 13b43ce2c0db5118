use tfplugin::{Object, Value};

/// A part.
#[derive(Object)]
struct Part {
    /// How long it lasts.
    #[attr(optional)]
    lasts: Value<Vec<std::time::Duration>>,
}

fn main() {}
