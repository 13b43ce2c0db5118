//! Drives simulated Grafanas over HTTP.

mod api_keys;
mod client;
mod cluster;
mod faults;
mod licensing;
mod managed;
mod recordings;
mod service_accounts;
mod sign_in;
mod transport;
mod upgrade;
