//! What AWS made and did not report.

use serde_json::json;
use simulator::amazon::Operation;
use simulator::faults::Fault;

use super::{Stage, TOKENS, ask, asked};

#[tokio::test]
async fn what_is_lost_on_the_way_is_made_again_and_nothing_stays() {
    for path in ["/workspaces/*/serviceaccounts", TOKENS] {
        for fault in [
            Fault::on("POST", path).reset_after(),
            Fault::on("POST", path).status(502).carried_out(),
            Fault::on("POST", path).status(503),
            // A proxy's own refusal: AWS would name the error.
            Fault::on("POST", path).status(403).carried_out(),
        ] {
            let stage = Stage::new("10.4");
            let said = fault.to_string();
            stage.amazon.faults().push(fault);
            let client = stage.run().await;
            assert_eq!(ask(&client).await, [""; 0], "{said}");
            client.shut_down().await;
            assert_eq!(stage.ours(), [], "{said}");
            assert_eq!(stage.grafana.service_accounts(1).len(), 1, "{said}");
        }
    }
    let stage = Stage::new("8.4");
    stage.amazon.faults().push(Fault::on("POST", "/workspaces/*/apikeys").reset_after());
    let client = stage.run().await;
    asked(&client).await;
    client.shut_down().await;
    assert_eq!(stage.grafana.api_keys(1), []);
}

#[tokio::test]
async fn an_answer_with_another_name_or_without_a_secret_is_not_used() {
    for (version, path, answer) in [
        (
            "10.4",
            TOKENS,
            json!({ "serviceAccountToken": { "id": "1", "name": "theirs", "key": "glsa_x" } }),
        ),
        (
            "10.4",
            TOKENS,
            json!({ "serviceAccountToken": { "id": "1", "name": "theirs", "key": "" } }),
        ),
        ("10.4", TOKENS, json!({})),
        ("8.4", "/workspaces/*/apikeys", json!({ "keyName": "theirs", "key": "eyJrIjoiYSJ9" })),
        ("8.4", "/workspaces/*/apikeys", json!({ "keyName": "theirs", "key": "" })),
    ] {
        let stage = Stage::new(version);
        let answer = answer.to_string();
        let fault = Fault::on("POST", path).carried_out().status(200);
        stage.amazon.faults().push(fault.body("application/json", &*answer));
        let client = stage.run().await;
        assert_eq!(ask(&client).await, [""; 0], "{answer}");
        assert_eq!(stage.amazon.journal().count("POST", path), 2, "{answer}");
        client.shut_down().await;
        assert_eq!(stage.ours(), [], "{answer}");
    }
}

/// The database of the workspace was restored meanwhile, say.
#[tokio::test]
async fn a_token_with_the_same_id_and_another_name_is_left_alone() {
    let stage = Stage::new("10.4");
    let client = stage.run().await;
    asked(&client).await;
    let id = stage.ours()[0].id;
    let theirs =
        json!({ "id": id.to_string(), "name": "theirs", "createdAt": 0, "expiresAt": 900 });
    let list = json!({ "serviceAccountTokens": [theirs], "serviceAccountId": "1", "workspaceId": stage.id() });
    let fault = Fault::on("GET", TOKENS).status(200);
    stage.amazon.faults().push(fault.body("application/json", list.to_string()).always());
    client.shut_down().await;
    assert_eq!(stage.count(Operation::DeleteWorkspaceServiceAccountToken), 0);
    assert_eq!(stage.ours().len(), 1);
}
