use provider_release::sha256;
use terraform_runner::platform;

use super::*;

cli_test! {
    fn init_installs_and_locks_what_was_published(terraform: &Terraform) {
        let world = World::new();
        let release = world.release(FIRST, MANIFEST, &KEY);
        let (zip, manifest) = (release.zip(&platform()), release.manifest());
        world.offer(release);
        let workspace = world.workspace(terraform);
        workspace.init().unwrap();
        let lock = lock_file(&workspace);
        assert!(lock.contains(&format!("provider \"{}\"", world.source())), "{lock}");
        assert!(lock.contains(&format!("\"{FIRST}\"")), "{lock}");
        assert!(lock.contains("\"h1:"), "{lock}");
        for listed in [zip, manifest] {
            let hash = sha256(&fs::read(listed).unwrap());
            assert!(lock.contains(&format!("\"zh:{hash}\"")), "{hash}: {lock}");
        }
    }
}

cli_test! {
    fn an_upgrade_keeps_the_state(terraform: &Terraform) {
        let world = World::new();
        world.publish(FIRST);
        let workspace = world.workspace(terraform);
        workspace.init().unwrap();
        assert_works(&workspace);
        let before = workspace.state_attributes("grafana_api_key.ci").unwrap();

        world.publish(SECOND);
        workspace.init().unwrap();
        assert!(lock_file(&workspace).contains(&format!("\"{FIRST}\"")), "as it is locked");
        workspace.run(&["init", "-upgrade"]).unwrap().expect_success().unwrap();
        let lock = lock_file(&workspace);
        assert!(lock.contains(&format!("\"{SECOND}\"")) && !lock.contains(FIRST), "{lock}");
        workspace.expect_no_changes().unwrap();
        assert_eq!(workspace.state_attributes("grafana_api_key.ci").unwrap(), before);
        workspace.destroy().unwrap();
        assert!(world.grafana.service_accounts(1).is_empty());
    }
}
