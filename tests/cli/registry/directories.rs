//! Without a registry: from mirrors on disk.

use std::path::Path;

use terraform_provider_grafana::provider::ADDRESS;

use super::*;

fn workspace(terraform: &Terraform, grafana: &Grafana, source: &str) -> Workspace {
    let mut workspace = Workspace::unconfigured(terraform).unwrap();
    configure(&mut workspace, grafana, source);
    workspace
}

cli_test! {
    fn a_mirror_installs_without_the_registry(terraform: &Terraform) {
        let world = World::new();
        world.publish(FIRST);
        let online = world.workspace(terraform);
        let mirror = tempfile::tempdir().unwrap();
        let path = mirror.path().to_string_lossy();
        online.run(&["providers", "mirror", &path]).unwrap().expect_success().unwrap();
        let (source, World { grafana, registry, .. }) = (world.source(), world);
        drop(registry);

        let by_configuration = workspace(terraform, &grafana, &source);
        let installation = format!("filesystem_mirror {{\n    path = {path:?}\n  }}");
        by_configuration
            .cli_config(&format!("provider_installation {{\n  {installation}\n}}\n"))
            .unwrap();
        by_configuration.init().unwrap();
        assert_plans(&by_configuration);

        let by_argument = workspace(terraform, &grafana, &source);
        let argument = format!("-plugin-dir={path}");
        by_argument.run(&["init", &argument]).unwrap().expect_success().unwrap();
        assert_plans(&by_argument);
    }
}

/// The provider that `init` has installed plans the key.
fn assert_plans(workspace: &Workspace) {
    assert!(lock_file(workspace).contains("\"h1:"));
    let plan = workspace.run_json(&["plan"]).unwrap().expect_success().unwrap();
    assert_eq!(plan.planned(), [("grafana_api_key.ci", "create")]);
}

cli_test! {
    fn a_zip_in_the_home_directory_installs_without_configuration(terraform: &Terraform) {
        let grafana = Grafana::start(Options::default()).unwrap();
        // As README.md tells: an address without host is one of the program's own registry.
        let (host, path) = ADDRESS.split_once('/').unwrap();
        let host = if terraform.is_opentofu() { "registry.opentofu.org" } else { host };
        let workspace = workspace(terraform, &grafana, path);
        let plugins = workspace.home().join(".terraform.d/plugins").join(host).join(path);
        place(&zip(FIRST), &plugins);
        workspace.init().unwrap();
        assert!(lock_file(&workspace).contains(&format!("\"{FIRST}\"")));
        assert_works(&workspace);
    }
}

fn place(zip: &Path, directory: &Path) {
    fs::create_dir_all(directory).unwrap();
    fs::copy(zip, directory.join(zip.file_name().unwrap())).unwrap();
}
