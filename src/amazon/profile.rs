//! The shared config and credentials files. They are read and checked here, before the SDK sees them:
//! it passes over files that it cannot read and profiles that do not exist. Programs that a profile names are
//! run by [`CredentialProcess`].

use std::io;
use std::path::PathBuf;
use std::sync::LazyLock;

use aws_config::profile::ProfileSet;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::fs_util;
use aws_types::os_shim_internal::{Env, Fs};
use regex_lite::{Captures, Regex};

use super::error::{Error, ErrorKind};
use super::process::CredentialProcess;
use super::settings::{self, Settings};
use crate::http::causes;

const DEFAULT: &str = "default";

/// The two files: kind, variable that names it, where it is otherwise.
const FILES: [(EnvConfigFileKind, &str, &str); 2] = [
    (EnvConfigFileKind::Config, "AWS_CONFIG_FILE", "~/.aws/config"),
    (EnvConfigFileKind::Credentials, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
];

/// Both files as the SDK is to see them, and the profile in use.
pub(super) struct Profiles {
    pub(super) files: EnvConfigFiles,
    /// Sources of credentials that the files name.
    pub(super) processes: Vec<(String, CredentialProcess)>,
    profiles: Option<ProfileSet>,
}

impl Profiles {
    /// Fails with [`ErrorKind::Profile`] if a file is there and cannot be read or parsed, or if the
    /// profile asked for does not exist, unless the settings need no profile.
    pub(super) async fn load(settings: &Settings) -> Result<Self, Error> {
        let loaded = Self::read(settings).await;
        match settings.access_key().is_some() && settings.profile().is_none() {
            true => Ok(loaded.unwrap_or_else(|_| Self::none())),
            false => loaded,
        }
    }

    async fn read(settings: &Settings) -> Result<Self, Error> {
        let (mut given, mut names) = (EnvConfigFiles::builder(), 0);
        let mut files = EnvConfigFiles::builder();
        for (kind, variable, default) in FILES {
            let text = read(variable, default).await?.unwrap_or_default();
            files = files.with_contents(kind, with_named_processes(&text, &mut names));
            given = given.with_contents(kind, text);
        }
        let (given, files) = (given.build(), files.build());
        let environment = std::env::var("AWS_PROFILE").ok();
        let (profile, named_by) =
            match (settings.profile(), settings::given(environment.as_deref())) {
                (Some(profile), _) => (profile, "`profile` in the provider's `aws`"),
                (None, Some(profile)) => (profile, "the environment variable AWS_PROFILE"),
                (None, None) => (DEFAULT, "default"),
            };
        let profiles = parse(&files, profile).await?;
        if profile != DEFAULT && profiles.get_profile(profile).is_none() {
            return Err(Error::new(ErrorKind::Profile, unknown(profile, named_by, &profiles)));
        }
        let as_given = parse(&given, profile).await?;
        let process = |name: &str| {
            let source = profiles.get_profile(name)?.get("credential_source")?;
            let command = as_given.get_profile(name)?.get("credential_process")?;
            Some((source.to_owned(), CredentialProcess::new(command)))
        };
        let processes = profiles.profiles().filter_map(process).collect();
        Ok(Self { files, processes, profiles: Some(profiles) })
    }

    fn none() -> Self {
        let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, "");
        Self { files: files.build(), processes: Vec::new(), profiles: None }
    }

    /// A setting of the profile in use.
    pub(super) fn get(&self, setting: &str) -> Option<&str> {
        settings::given(self.profiles.as_ref()?.get(setting))
    }
}

async fn parse(files: &EnvConfigFiles, profile: &str) -> Result<ProfileSet, Error> {
    let profile = profile.to_owned().into();
    let parsed = aws_config::profile::load(&Fs::real(), &Env::real(), files, Some(profile)).await;
    parsed.map_err(|error| {
        let reasons: Vec<String> = causes(&error).map(ToString::to_string).collect();
        let reasons = reasons.join(": ").replace('\n', " ");
        let message = format!("The AWS config files cannot be understood: {reasons}.");
        Error::new(ErrorKind::Profile, message)
    })
}

/// The text of a file; `None` if there is none.
async fn read(variable: &str, default: &str) -> Result<Option<String>, Error> {
    let named = std::env::var(variable).ok();
    let Some(path) = expanded(settings::given(named.as_deref()).unwrap_or(default)) else {
        return Ok(None);
    };
    match tokio::fs::read_to_string(&path).await {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let message = format!(
                "The AWS config file {} cannot be read: {error}. \
                 The environment variable {variable} can name another one.",
                path.display()
            );
            Err(Error::new(ErrorKind::Profile, message))
        }
    }
}

fn expanded(path: &str) -> Option<PathBuf> {
    match path.strip_prefix("~/") {
        Some(rest) => {
            let home = fs_util::home_dir(&Env::real(), fs_util::Os::real())?;
            Some(PathBuf::from(home).join(rest))
        }
        None => Some(PathBuf::from(path)),
    }
}

/// The text of a file in which every `credential_process` is a `credential_source`, each with a name of its own.
fn with_named_processes(text: &str, names: &mut u32) -> String {
    static PROCESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?mi)^[ \t]*credential_process[ \t]*=.*$").expect("a valid pattern")
    });
    let named = |_: &Captures<'_>| {
        *names += 1;
        format!("credential_source = process-{names}")
    };
    PROCESS.replace_all(text, named).into_owned()
}

fn unknown(profile: &str, named_by: &str, profiles: &ProfileSet) -> String {
    let mut known: Vec<&str> = profiles.profiles().collect();
    known.sort_unstable();
    let known = match known.as_slice() {
        [] => "no profiles are defined".to_owned(),
        known => format!("defined are {}", known.join(", ")),
    };
    format!(
        "The AWS profile `{profile}`, named by {named_by}, is in neither the shared config file \
         nor the shared credentials file; {known}."
    )
}
