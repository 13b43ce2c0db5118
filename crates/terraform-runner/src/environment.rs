//! The environment Terraform runs in: the user's own would change what it does.

use std::{env, path::Path, process::Command, time::Duration};

use semver::Version;

use crate::{
    error::{Doing, Error},
    launcher::Launcher,
    running::Running,
    version::{self, Product},
};

/// What is passed on of this process's environment: what programs need to run at all, and nothing that configures
/// Terraform, a provider or a cloud's client.
const INHERITED: [&str; 20] = [
    "PATH",
    "TMPDIR",
    "TMP",
    "TEMP",
    "LANG",
    "LC_ALL",
    "TZ",
    "USER",
    "LOGNAME",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "LLVM_PROFILE_FILE",
    "RUST_BACKTRACE",
    "SYSTEMROOT",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "NUMBER_OF_PROCESSORS",
];
/// What every run gets. `TF_CLI_ARGS` reaches the commands whose errors are coloured whatever else they print.
const GIVEN: [(&str, &str); 5] = [
    ("CHECKPOINT_DISABLE", "1"),
    ("TF_IN_AUTOMATION", "1"),
    ("TF_INPUT", "0"),
    ("TF_CLI_ARGS", "-no-color"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
];
/// The time to answer `version`.
const PROBE: Duration = Duration::from_secs(60);

/// Gives `command` an environment of its own, with `home` as the home directory.
pub(crate) fn isolate(command: &mut Command, home: &Path) {
    command.env_clear().envs(GIVEN).env("HOME", home).env("USERPROFILE", home).env("APPDATA", home);
    command.envs(INHERITED.iter().filter_map(|name| Some((name, env::var_os(name)?))));
}

/// Asks what it is that `launcher` starts.
pub(crate) fn probe(launcher: &Launcher) -> Result<(Product, Version), Error> {
    let home = tempfile::tempdir().doing(|| "creating a temporary directory".to_owned())?;
    let mut command = launcher.command();
    command.arg("version").current_dir(&home);
    isolate(&mut command, home.path());
    let run = Running::start(command, "", PROBE)?.wait()?;
    version::parse(&run.stdout).filter(|_| run.success()).ok_or_else(|| {
        let answer = format!("{}{}", run.stdout, run.stderr);
        Error::NotTerraform {
            program: launcher.program.clone(),
            answer: answer.trim_end().to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn nothing_of_the_users_configuration_is_inherited() {
        let mut command = Command::new("terraform");
        command.env("GRAFANA_AUTH", "secret");
        isolate(&mut command, Path::new("/home/nobody"));
        let given: Vec<&str> = command.get_envs().filter_map(|(name, _)| name.to_str()).collect();
        assert!(!given.contains(&"GRAFANA_AUTH"));
        let value = |name: &str| {
            command.get_envs().find(|(it, _)| *it == name).and_then(|(_, value)| value)
        };
        assert_eq!(value("HOME"), Some(OsStr::new("/home/nobody")));
        assert_eq!(value("PATH"), env::var_os("PATH").as_deref());
    }

    #[test]
    fn a_program_that_is_not_terraform_is_refused() {
        let cargo = Launcher { program: env!("CARGO").into(), arguments: Vec::new() };
        let error = probe(&cargo).unwrap_err();
        assert!(matches!(error, Error::NotTerraform { program, .. } if program == cargo.program));
    }
}
