//! The real programs, started as Terraform starts them.
#![cfg(unix)]

#[path = "../programs/mod.rs"]
mod programs;

mod calls;
mod logs;
mod memory;
mod start;
mod strangers;
