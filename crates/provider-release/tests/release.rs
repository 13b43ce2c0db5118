//! A whole release, as whoever publishes it sees it.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
};

use pgp::{
    composed::{
        ArmorOptions, Deserializable, DetachedSignature, KeyType, SecretKeyParamsBuilder,
        SignedPublicKey, SubkeyParamsBuilder,
    },
    types::KeyDetails,
};
use provider_release::{Compression, Error, Key, Release, sha256};
use zip::ZipArchive;

const MANIFEST: &str = r#"{"version":1,"metadata":{"protocol_versions":["6.0"]}}"#;

fn packed(directory: &Path) -> Release {
    let release = Release::new("example", "1.2.3", directory);
    let license: [(&str, &[u8]); 1] = [("LICENSE.txt", b"free")];
    release.pack("linux_amd64", b"program", &license, Compression::Best).unwrap();
    release.pack("windows_arm64", b"other program", &license, Compression::Best).unwrap();
    release.list_checksums(MANIFEST).unwrap();
    release
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn files_have_the_names_that_a_registry_wants() {
    let directory = tempfile::tempdir().unwrap();
    let release = packed(directory.path());
    release.sign(&Key::throwaway("Example").unwrap()).unwrap();
    let expected = [
        "terraform-provider-example_1.2.3_SHA256SUMS",
        "terraform-provider-example_1.2.3_SHA256SUMS.sig",
        "terraform-provider-example_1.2.3_linux_amd64.zip",
        "terraform-provider-example_1.2.3_manifest.json",
        "terraform-provider-example_1.2.3_windows_arm64.zip",
    ];
    assert_eq!(names(directory.path()), expected);
    assert_eq!(fs::read_to_string(release.manifest()).unwrap(), MANIFEST);
}

#[test]
fn the_zip_holds_a_program_that_can_be_run() {
    let directory = tempfile::tempdir().unwrap();
    let release = packed(directory.path());
    let mut zip = ZipArchive::new(File::open(release.zip("linux_amd64")).unwrap()).unwrap();
    let names: Vec<_> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["terraform-provider-example_v1.2.3", "LICENSE.txt"]);
    let mut program = zip.by_index(0).unwrap();
    assert_eq!(program.unix_mode().map(|mode| mode & 0o777), Some(0o755));
    let mut content = String::new();
    program.read_to_string(&mut content).unwrap();
    assert_eq!(content, "program");

    let zip = ZipArchive::new(File::open(release.zip("windows_arm64")).unwrap()).unwrap();
    assert!(zip.file_names().any(|name| name.unwrap() == "terraform-provider-example_v1.2.3.exe"));
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    let [once, twice] = [(); 2].map(|()| {
        let directory = tempfile::tempdir().unwrap();
        fs::read(packed(directory.path()).zip("linux_amd64")).unwrap()
    });
    assert_eq!(once, twice);
}

#[test]
fn checksums_are_of_every_zip_and_the_manifest() {
    let directory = tempfile::tempdir().unwrap();
    let release = packed(directory.path());
    let sums = fs::read_to_string(release.checksums()).unwrap();
    let line = |path: &Path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        format!("{}  {name}\n", sha256(&fs::read(path).unwrap()))
    };
    let files = [release.zip("linux_amd64"), release.manifest(), release.zip("windows_arm64")];
    assert_eq!(sums, files.map(|path| line(&path)).concat());
}

#[test]
fn the_signature_is_a_binary_one_of_the_checksums() {
    let directory = tempfile::tempdir().unwrap();
    let release = packed(directory.path());
    let made = Key::throwaway("Example <example@example.com>").unwrap();
    let key = Key::from_armored(&made.secret_armored().unwrap(), "").unwrap();
    let signature = fs::read(release.sign(&key).unwrap()).unwrap();
    let signature = DetachedSignature::from_bytes(&*signature).unwrap();
    let (public, _) = SignedPublicKey::from_string(&key.public_armored().unwrap()).unwrap();
    let sums = fs::read(release.checksums()).unwrap();
    signature.verify(&public, &sums).unwrap();
    signature.verify(&public, MANIFEST.as_bytes()).unwrap_err();
    assert_eq!(key.id(), public.legacy_key_id().to_string().to_uppercase());
    assert_eq!(key.id().len(), 16);
}

#[test]
fn a_subkey_for_signing_is_preferred_and_a_passphrase_opens_it() {
    let made = with_subkey("open sesame", KeyType::Rsa(2048));
    let key = Key::from_armored(&made, "open sesame").unwrap();
    let (public, _) = SignedPublicKey::from_string(&key.public_armored().unwrap()).unwrap();
    let signature = DetachedSignature::from_bytes(&*key.sign(b"text").unwrap()).unwrap();
    signature.verify(&public.public_subkeys[0], b"text").unwrap();
    let closed = Key::from_armored(&made, "wrong").unwrap();
    assert!(matches!(closed.sign(b"text"), Err(Error::Sign(_))));
}

/// An armored private key that certifies, with a subkey that signs.
fn with_subkey(passphrase: &str, kind: KeyType) -> String {
    let subkey = SubkeyParamsBuilder::default()
        .key_type(kind)
        .can_sign(true)
        .passphrase(Some(passphrase.to_owned()).filter(|it| !it.is_empty()))
        .build()
        .unwrap();
    let key = SecretKeyParamsBuilder::default()
        .key_type(KeyType::Ed25519Legacy)
        .can_certify(true)
        .primary_user_id("Example".to_owned())
        .passphrase(Some(passphrase.to_owned()).filter(|it| !it.is_empty()))
        .subkeys(vec![subkey])
        .build()
        .unwrap();
    let key = key.generate(rand::thread_rng()).unwrap();
    key.to_armored_string(ArmorOptions::default()).unwrap()
}

#[test]
fn a_key_that_the_registry_does_not_take_is_refused() {
    let refused = Key::from_armored(&with_subkey("", KeyType::Ed25519Legacy), "").unwrap_err();
    assert!(refused.to_string().contains("RSA"), "{refused}");
}

#[test]
fn new_checksums_have_no_old_signature_beside_them() {
    let directory = tempfile::tempdir().unwrap();
    let release = packed(directory.path());
    fs::write(release.signature(), "of others").unwrap();
    release.list_checksums(MANIFEST).unwrap();
    assert!(!release.signature().exists());
}

#[test]
fn what_is_no_private_key_is_refused() {
    let made = Key::throwaway("Example").unwrap();
    for wrong in ["", "not a key", &made.public_armored().unwrap()] {
        assert!(matches!(Key::from_armored(wrong, ""), Err(Error::Key(_))), "{wrong}");
    }
    assert!(!format!("{made:?}").contains("PRIVATE"));
}
