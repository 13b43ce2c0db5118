//! How to write a provider, from the first line to the release. Every example is run as a test.
//!
//! 1. [`first_provider`]: a program that Terraform starts;
//! 2. [`values`]: what is not set, and what is not known yet;
//! 3. [`schemas`]: attributes, nested attributes, blocks, rules, types of your own;
//! 4. [`resources`]: what each function has to keep to; waits, half-made objects, plans;
//! 5. [`other_kinds`]: data sources, ephemeral resources, lists, actions, functions;
//! 6. [`identity_and_import`]: what names an object, and how one that is there already is taken over;
//! 7. [`upgrades`]: new forms of a state, and states of other providers;
//! 8. [`testing_it`]: in process, and through Terraform and OpenTofu;
//! 9. [`releasing_it`]: the files that a registry wants.

#[doc = include_str!("first_provider.md")]
pub mod first_provider {}

#[doc = include_str!("values.md")]
pub mod values {}

#[doc = include_str!("schemas.md")]
pub mod schemas {}

#[doc = include_str!("resources.md")]
pub mod resources {}

#[doc = include_str!("other_kinds.md")]
pub mod other_kinds {}

#[doc = include_str!("identity_and_import.md")]
pub mod identity_and_import {}

#[doc = include_str!("upgrades.md")]
pub mod upgrades {}

#[doc = include_str!("testing_it.md")]
pub mod testing_it {}

#[doc = include_str!("releasing_it.md")]
pub mod releasing_it {}
