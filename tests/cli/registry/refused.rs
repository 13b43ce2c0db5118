//! Releases that are not what they should be. None is installed.

use super::*;

/// `init` fails, locks nothing, and leaves no program that a later command would start.
fn assert_refused(world: &World, terraform: &Terraform) {
    let workspace = world.workspace(terraform);
    let init = workspace.run(&["init"]).unwrap();
    assert!(!init.success(), "{init}");
    assert!(!lock_file(&workspace).contains(&world.source()), "{init}");
    let installed = workspace.path().join(".terraform/providers").join(world.source());
    let program = format!("{FIRST}/{}/terraform-provider-grafana_v{FIRST}", platform());
    assert!(!installed.join(program).exists(), "{init}");
}

cli_test! {
    fn a_zip_of_which_one_byte_is_another(terraform: &Terraform) {
        let world = World::new();
        let release = world.release(FIRST, MANIFEST, &KEY);
        let path = release.zip(&platform());
        let mut zip = fs::read(&path).unwrap();
        let middle = zip.len() / 2;
        zip[middle] ^= 1;
        fs::write(&path, zip).unwrap();
        world.offer(release);
        assert_refused(&world, terraform);
        assert!(world.registry.was_asked(".zip"));
    }
}

cli_test! {
    fn a_signature_by_another_key(terraform: &Terraform) {
        let world = World::new();
        let other = Key::throwaway("Somebody <else@example.com>").unwrap();
        world.offer(world.release(FIRST, MANIFEST, &other));
        assert_refused(&world, terraform);
        assert!(world.registry.was_asked("SHA256SUMS.sig"));
    }
}

cli_test! {
    fn checksums_changed_after_they_were_signed(terraform: &Terraform) {
        let world = World::new();
        let release = world.release(FIRST, MANIFEST, &KEY);
        let sums = fs::read_to_string(release.checksums()).unwrap();
        fs::write(release.checksums(), sums + "\n").unwrap();
        world.offer(release);
        assert_refused(&world, terraform);
        assert!(world.registry.was_asked("SHA256SUMS.sig"));
    }
}

cli_test! {
    fn a_manifest_with_another_protocol(terraform: &Terraform) {
        let world = World::new();
        let manifest = MANIFEST.replace("6.0", "4.0");
        assert_ne!(manifest, MANIFEST);
        world.offer(world.release(FIRST, &manifest, &KEY));
        assert_refused(&world, terraform);
        assert!(world.registry.was_asked("/versions"));
        assert!(!world.registry.was_asked(".zip"));
    }
}
