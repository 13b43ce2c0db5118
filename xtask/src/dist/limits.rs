//! How large a release may be: every `terraform init` of every user downloads it.

use anyhow::{Result, ensure};

const MIB: usize = 1024 * 1024;
/// The program, in bytes.
const PROGRAM: usize = 16 * MIB;
/// The zip, in bytes.
const ZIP: usize = 7 * MIB;

/// Tells both sizes, in bytes, and refuses what is too large.
///
/// # Errors
/// If one of them is over its limit.
pub fn check(program: usize, zip: usize) -> Result<()> {
    for (what, size, limit) in [("program", program, PROGRAM), ("zip", zip, ZIP)] {
        let mib = |bytes: usize| bytes as f64 / MIB as f64;
        eprintln!("{what}: {:.2} MiB of at most {:.0}", mib(size), mib(limit));
        ensure!(size <= limit, "the {what} is too large: {size} bytes, at most {limit}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_refused() {
        check(PROGRAM, ZIP).unwrap();
        assert!(check(PROGRAM + 1, ZIP).unwrap_err().to_string().contains("program is too large"));
        assert!(check(PROGRAM, ZIP + 1).unwrap_err().to_string().contains("zip is too large"));
    }
}
