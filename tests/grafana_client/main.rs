//! The Grafana client against servers that answer, and fail, as a test says.

mod answers;
mod connections;
mod echo;
mod hostile;
mod limits;
mod logs;
mod renewal;
mod resources;
mod retrying;
mod server;
mod sign_in;
mod simulated;
