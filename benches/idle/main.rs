//! The provider as a program.

use std::process::ExitCode;

fn main() -> ExitCode {
    tfplugin::serve(idle_provider::Idle, &[])
}
