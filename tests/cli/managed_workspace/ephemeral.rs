//! Ephemeral keys of a managed workspace.

use simulator::faults::Fault;

use super::Stage;
use crate::grafana_api_key::ephemeral::run;

cli_test! {
    needs(Ephemeral)
    fn a_key_for_the_run_is_deleted_before_the_token_that_deletes_it(terraform: &Terraform) {
        // How many requests make the keys of plan and apply, before the resource's own.
        for (version, posts) in [("10.4", 2), ("12.4", 4)] {
            let stage = Stage::new(version);
            let workspace = stage.directory(terraform);
            workspace.write("main.tf", &run(&stage.grafana)).expect("can be written");
            // A failed apply leaves it to the provider to close what is open.
            stage.grafana.faults().push(Fault::on("POST", "/**").skip(posts).status(403));
            assert!(!workspace.run(&["apply", "-auto-approve"]).expect("runs").success());
            assert_eq!(stage.grafana.faults().unused(), [] as [String; 0]);
            assert_eq!(stage.grafana.journal().count("POST", "/**"), posts + 1);
            let accounts = stage.grafana.service_accounts(1).into_iter();
            let tokens: Vec<_> = accounts.flat_map(|it| stage.grafana.tokens(1, it.id)).collect();
            assert_eq!((tokens, stage.grafana.api_keys(1)), (vec![], vec![]), "{version}");
        }
    }
}
