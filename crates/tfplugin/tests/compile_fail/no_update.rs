use tfplugin::{Context, NoIdentity, Offers, Outcome, Resource, Schema, Value, async_trait};

/// A thing.
#[derive(Schema)]
#[resource("test_thing")]
struct Thing {
    /// Its name.
    #[attr(required, replace)]
    name: Value<String>,
    /// Its color.
    #[attr(optional)]
    color: Value<String>,
}

struct Things;

#[async_trait]
impl Resource for Things {
    type Model = Thing;
    type Identity = NoIdentity;
    type Private = ();

    async fn create(&self, plan: Thing, _: &Context) -> Outcome<Thing> {
        Ok(plan.into())
    }

    async fn read(&self, state: Thing, _: &Context) -> Outcome<Option<Thing>> {
        Ok(Some(state).into())
    }

    async fn delete(&self, _: Thing, _: &Context) -> Outcome<()> {
        Ok(().into())
    }
}

fn main() {
    let _ = Offers::<()>::new().resource(|_| Things);
}
