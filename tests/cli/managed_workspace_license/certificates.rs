//! A proxy that inspects what goes to AWS has an authority of its own: `AWS_CA_BUNDLE` and `ca_bundle` are trusted
//! for every call to AWS.

use simulator::amazon::{ACCOUNT, Endpoint, Options, Principal, Role, Sso, Sts};
use simulator::server::Tls;
use terraform_runner::{Diagnostic, Workspace};

use super::sign_in::{exports, home_file, keyless_with, keys, provider};

const ROLE: &str = "arn:aws:iam::123456789012:role/terraform";

/// The only error of a plan, which names both ways to trust a certificate.
#[track_caller]
fn assert_untrusted(workspace: &Workspace) -> Diagnostic {
    let plan = workspace.run_json(&["plan"]).unwrap();
    let errors = plan.errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    for part in ["AWS_CA_BUNDLE", "`ca_bundle`"] {
        assert!(errors[0].detail.contains(part), "{part}: {errors:?}");
    }
    errors[0].clone()
}

cli_test! {
    fn a_bundle_is_trusted_for_every_call(terraform: &Terraform) {
        let options =
            Options { tls: Some(Tls::server_only()), endpoint: Endpoint::Nowhere, ..Options::default() };
        let (amazon, mut workspace) = keyless_with(terraform, options);
        let (sts, sso) = (Sts::start(&amazon).unwrap(), Sso::start(&amazon).unwrap());
        sts.add_role(Role::new(ROLE));
        sso.add_role(ACCOUNT, "admin", Principal::user("me"));
        exports(&mut workspace, [sts.exports(), sso.exports()].concat());
        workspace.env("AWS_REGION", "us-east-1");
        let [grafana, sts_pem, sso_pem] = [amazon.ca_pem(), sts.ca_pem(), sso.ca_pem()].map(Option::unwrap);
        home_file(&workspace, "all.pem", &[grafana, sts_pem, sso_pem].concat());
        home_file(&workspace, "grafana.pem", grafana);
        let path = |name: &str| workspace.home().join(name).display().to_string();
        let (all, one) = (path("all.pem"), path("grafana.pem"));

        // Amazon Managed Grafana.
        let plain = format!("[default]\n{}", keys(&amazon));
        home_file(&workspace, ".aws/credentials", &plain);
        assert_untrusted(&workspace);
        workspace.env("AWS_CA_BUNDLE", &one);
        workspace.plan().unwrap();
        workspace.env_remove("AWS_CA_BUNDLE");
        home_file(&workspace, ".aws/config", &format!("[default]\nca_bundle = {one}\n"));
        workspace.plan().unwrap();

        // STS.
        provider(&workspace, &format!("    assume_role = {{\n      role_arn = \"{ROLE}\"\n    }}"));
        let refused = assert_untrusted(&workspace);
        assert!(refused.detail.contains(ROLE), "{refused:?}");
        workspace.env("AWS_CA_BUNDLE", &all);
        workspace.plan().unwrap();
        provider(&workspace, "    profile = \"chained\"");
        let chained = format!("[profile chained]\nrole_arn = {ROLE}\nsource_profile = default\nca_bundle = {all}\n");
        home_file(&workspace, ".aws/config", &chained);
        workspace.env_remove("AWS_CA_BUNDLE");
        workspace.plan().unwrap();

        // Single sign-on.
        std::fs::remove_file(workspace.home().join(".aws/credentials")).unwrap();
        let ends = "2100-01-01T00:00:00Z".parse().unwrap();
        let signed_in = sso.cached_sign_in("corp", ends);
        home_file(&workspace, &format!(".aws/sso/cache/{}", signed_in.file_name), &signed_in.text);
        home_file(&workspace, ".aws/config", &sso.config("ops", "corp", ACCOUNT, "admin"));
        provider(&workspace, "    profile = \"ops\"");
        workspace.env("AWS_CA_BUNDLE", &one);
        let refused = assert_untrusted(&workspace);
        assert!(refused.detail.contains("profile `ops`"), "{refused:?}");
        workspace.env("AWS_CA_BUNDLE", &all);
        workspace.plan().unwrap();
    }
}
