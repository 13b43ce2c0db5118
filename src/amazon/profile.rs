//! The shared config and credentials files. They are read and checked here, before the SDK sees them:
//! it passes over files that it cannot read and profiles that do not exist.

use std::io;
use std::path::PathBuf;
use std::sync::LazyLock;

use aws_config::profile::ProfileSet;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::fs_util;
use aws_types::os_shim_internal::{Env, Fs};
use regex_lite::{Captures, Regex};

use super::error::{Error, ErrorKind};
use super::settings::{Settings, given};
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
        let mut files = EnvConfigFiles::builder();
        for (kind, variable, default) in FILES {
            let text = read(variable, default).await?.unwrap_or_default();
            files = files.with_contents(kind, guarded(&text));
        }
        let files = files.build();
        let environment = std::env::var("AWS_PROFILE").ok();
        let (profile, named_by) = match (settings.profile(), given(environment.as_deref())) {
            (Some(profile), _) => (profile, "`profile` in the provider's `aws`"),
            (None, Some(profile)) => (profile, "the environment variable AWS_PROFILE"),
            (None, None) => (DEFAULT, "default"),
        };
        let profiles = parse(&files, profile).await?;
        if profile != DEFAULT && profiles.get_profile(profile).is_none() {
            return Err(Error::new(ErrorKind::Profile, unknown(profile, named_by, &profiles)));
        }
        Ok(Self { files, profiles: Some(profiles) })
    }

    fn none() -> Self {
        let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, "");
        Self { files: files.build(), profiles: None }
    }

    /// A setting of the profile in use.
    pub(super) fn get(&self, setting: &str) -> Option<&str> {
        given(self.profiles.as_ref()?.get(setting))
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
    let Some(path) = expanded(given(named.as_deref()).unwrap_or(default)) else {
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

/// A file in which every `credential_process` runs without the provider's own variables, which hold
/// secrets, and writes its errors, which may hold some, nowhere. The SDK's process inherits all
/// variables, and its errors quote what it has written.
fn guarded(text: &str) -> String {
    static PROCESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?m)^([ \t]*credential_process[ \t]*=[ \t]*)(\S.*)$").expect("a valid pattern")
    });
    let own = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let own: Vec<String> = own.filter(|name| is_own_variable(name)).collect();
    let guard = |found: &Captures<'_>| {
        let (setting, command) = (&found[1], &found[2]);
        if cfg!(windows) {
            let unset: String = own.iter().map(|name| format!("set \"{name}=\" & ")).collect();
            format!("{setting}{unset}({command}) 2>nul")
        } else {
            let unset: String = own.iter().map(|name| format!("unset {name}; ")).collect();
            format!("{setting}exec 2>/dev/null; {unset}{command}")
        }
    };
    PROCESS.replace_all(text, guard).into_owned()
}

fn is_own_variable(name: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.starts_with("GRAFANA_") && name.bytes().all(is_word)
}

fn unknown(profile: &str, named_by: &str, profiles: &ProfileSet) -> String {
    let mut known: Vec<&str> = profiles.profiles().collect();
    known.sort_unstable();
    let known = match known.as_slice() {
        [] => "there are none".to_owned(),
        known => format!("there are {}", known.join(", ")),
    };
    format!(
        "The AWS profile `{profile}`, named by {named_by}, is in neither the shared config file \
         nor the shared credentials file; {known}."
    )
}
