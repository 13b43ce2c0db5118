//! Expired tokens that killed runs have left are removed.

use std::time::Duration;

use simulator::amazon::{Failure, Operation};
use simulator::grafana::Role;

use super::{Stage, ask, asked};

const OURS: &str = "terraform-provider-grafana-0123456789abcdef";

impl Stage {
    /// Tokens of a killed run, of a run that is under way, and of somebody else, 16 minutes later.
    fn with_leftovers() -> Self {
        let stage = Stage::new("10.4");
        let account = stage.account();
        let token = |name: &str| stage.grafana.create_token(1, account, name, Some(900)).unwrap();
        token(&format!("{OURS}-1"));
        token(&format!("{OURS}-2"));
        token("somebody's");
        stage.grafana.advance(Duration::from_secs(16 * 60));
        token("terraform-provider-grafana-fedcba9876543210-1");
        stage
    }

    fn names(&self) -> Vec<String> {
        self.ours().into_iter().map(|token| token.name).collect()
    }
}

#[tokio::test]
async fn expired_tokens_are_swept_and_no_others() {
    let stage = Stage::with_leftovers();
    let client = stage.run().await;
    asked(&client).await;
    client.shut_down().await;
    assert_eq!(stage.names(), ["somebody's", "terraform-provider-grafana-fedcba9876543210-1"]);
}

#[tokio::test]
async fn what_cannot_be_swept_bothers_nobody() {
    for operation in [
        Operation::ListWorkspaceServiceAccountTokens,
        Operation::DeleteWorkspaceServiceAccountToken,
    ] {
        let stage = Stage::with_leftovers();
        stage.amazon.fail_next(operation, Failure::access_denied("not you"));
        let client = stage.run().await;
        asked(&client).await;
        client.shut_down().await;
        assert!(stage.names().len() >= 4, "{:?}", stage.names());
    }
}

#[tokio::test]
async fn a_quota_that_leftovers_have_used_up_is_freed() {
    let stage = Stage::with_leftovers();
    stage.amazon.set_token_quota(stage.id(), 4);
    let client = stage.run().await;
    asked(&client).await;
    client.shut_down().await;
    assert_eq!(stage.names().len(), 2);
}

/// Nothing in the list of tokens tells how late it is: AWS's own clock does.
#[tokio::test]
async fn a_quota_full_of_leftovers_is_freed() {
    let stage = Stage::new("10.4");
    let account = stage.account();
    for number in 1..=3 {
        stage.grafana.create_token(1, account, &format!("{OURS}-{number}"), Some(900)).unwrap();
    }
    stage.amazon.set_token_quota(stage.id(), 3);
    let said = ask(&stage.run().await).await;
    assert!(said[0].contains("have been removed"), "they live: {said:?}");
    stage.grafana.advance(Duration::from_secs(17 * 60));
    stage.amazon.clock().set_ahead(17 * 60);
    let client = stage.run().await;
    asked(&client).await;
    client.shut_down().await;
    assert_eq!(stage.names(), [""; 0]);
}

#[tokio::test]
async fn a_quota_that_may_not_be_freed_is_told() {
    let stage = Stage::with_leftovers();
    stage.amazon.set_token_quota(stage.id(), 4);
    let denied = Failure::access_denied("not you");
    stage.amazon.fail_next(Operation::DeleteWorkspaceServiceAccountToken, denied);
    let said = ask(&stage.run().await).await;
    assert!(said[0].contains("could not be removed"), "{said:?}");
    assert!(said[0].contains("grafana:DeleteWorkspaceServiceAccountToken"), "{said:?}");
}

#[tokio::test]
async fn expired_api_keys_are_swept_by_an_admin() {
    for (role, left) in [("Admin", 2), ("Viewer", 3)] {
        let stage = Stage::new("8.4");
        let key = |name: &str| stage.grafana.create_api_key(1, name, Role::Admin, Some(900));
        key(&format!("{OURS}-1")).unwrap();
        key("somebody's").unwrap();
        stage.grafana.advance(Duration::from_secs(16 * 60));
        key(&format!("{OURS}-2")).unwrap();
        let client = stage.run_with(serde_json::json!({ "role": role })).await;
        super::ask(&client).await;
        client.shut_down().await;
        assert_eq!(stage.grafana.api_keys(1).len(), left, "{role}");
    }
}

#[tokio::test]
async fn a_quota_that_others_have_used_up_is_told() {
    let stage = Stage::new("10.4");
    let account = stage.grafana.create_service_account(1, "other", Role::Viewer).unwrap().id;
    stage.grafana.create_token(1, account, "other", None).expect_err("needs a life");
    stage.grafana.create_token(1, account, "other", Some(60)).expect("new");
    stage.amazon.set_token_quota(stage.id(), 1);
    let said = ask(&stage.run().await).await;
    assert!(said[0].contains("quota") && said[0].contains("remove others"), "{said:?}");
}
