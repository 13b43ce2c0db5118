//! Service accounts of a workspace and their tokens.

use serde_json::{Value, json};
use simulator::amazon::{Amazon, Options};

use crate::client::{Answer, Client, http};

struct Workspace {
    amazon: Amazon,
    client: Client,
}

impl Workspace {
    fn start(version: &str) -> Self {
        let options = Options { grafana_version: version.into(), ..Options::default() };
        let amazon = Amazon::start(options).expect("a start");
        let client = Client::new(&amazon);
        Self { amazon, client }
    }

    fn path(&self, tail: &str) -> String {
        format!("/workspaces/{}/serviceaccounts{tail}", self.amazon.workspace_id())
    }

    fn account(&self, name: &str) -> Answer {
        self.client.post(&self.path(""), &json!({ "name": name, "grafanaRole": "EDITOR" }))
    }

    fn account_id(&self, name: &str) -> String {
        let created = self.account(name);
        assert_eq!(created.status, 200, "{}", created.text);
        created.json["id"].as_str().expect("an id").to_owned()
    }

    fn token(&self, account: &str, name: &str) -> Answer {
        let body = json!({ "name": name, "secondsToLive": 3600 });
        self.client.post(&self.path(&format!("/{account}/tokens")), &body)
    }

    fn tokens(&self, account: &str) -> Value {
        self.client.get(&self.path(&format!("/{account}/tokens"))).json
    }
}

#[test]
fn an_account_and_its_token_live_and_die() {
    for version in ["9.4", "10.4", "12.4"] {
        let workspace = Workspace::start(version);
        let id = workspace.amazon.workspace_id();
        let created = workspace.account("ci");
        let account = created.json["id"].as_str().expect("an id").to_owned();
        assert_eq!(
            created.json,
            json!({ "id": account, "name": "ci", "grafanaRole": "EDITOR", "workspaceId": id })
        );
        let list = workspace.client.get(&workspace.path("")).json;
        let expected =
            json!({ "id": account, "name": "ci", "isDisabled": "false", "grafanaRole": "EDITOR" });
        assert_eq!(list, json!({ "serviceAccounts": [expected], "workspaceId": id }));

        let made = workspace.token(&account, "t");
        assert_eq!(made.status, 200, "{}", made.text);
        assert_eq!(
            (&made.json["serviceAccountId"], &made.json["workspaceId"]),
            (&json!(account), &json!(id))
        );
        let token = made.json["serviceAccountToken"]["id"].as_str().expect("an id");
        assert_eq!(made.json["serviceAccountToken"]["name"], "t");
        let key = made.json["serviceAccountToken"]["key"].as_str().expect("a key");

        let endpoint = workspace.amazon.workspace(id).expect("a workspace").endpoint;
        let ask = || {
            http()
                .get(format!("{endpoint}/api/org"))
                .bearer_auth(key)
                .send()
                .expect("an answer")
                .status()
        };
        assert_eq!(ask(), 200);
        let listed = &workspace.tokens(&account)["serviceAccountTokens"][0];
        assert_eq!((&listed["id"], &listed["name"]), (&json!(token), &json!("t")));
        assert!(listed["key"].is_null());
        let life = listed["expiresAt"].as_f64().expect("a time")
            - listed["createdAt"].as_f64().expect("a time");
        assert!((3599.0..=3600.0).contains(&life), "{life}");
        assert!(listed["lastUsedAt"].is_f64(), "{listed}");

        let path = workspace.path(&format!("/{account}/tokens/{token}"));
        let deleted = workspace.client.delete(&path);
        assert_eq!(
            deleted.json,
            json!({ "tokenId": token, "serviceAccountId": account, "workspaceId": id })
        );
        assert_ne!(ask(), 200);
        assert_eq!(workspace.client.delete(&path).status, 404);

        let path = workspace.path(&format!("/{account}"));
        assert_eq!(
            workspace.client.delete(&path).json,
            json!({ "serviceAccountId": account, "workspaceId": id })
        );
        let gone = workspace.client.delete(&path);
        assert_eq!(
            (gone.status, gone.json["resourceType"].as_str()),
            (404, Some("service account"))
        );
    }
}

#[test]
fn names_are_taken_once() {
    let workspace = Workspace::start("10.4");
    let account = workspace.account_id("ci");
    let taken = workspace.account("ci");
    assert_eq!((taken.status, taken.error()), (409, "ConflictException"));
    assert_eq!(workspace.token(&account, "t").status, 200);
    let taken = workspace.token(&account, "t");
    assert_eq!(
        (taken.status, taken.json["resourceType"].as_str()),
        (409, Some("service account token"))
    );
}

#[test]
fn a_quota_counts_tokens_that_have_ended_too() {
    let workspace = Workspace::start("10.4");
    let id = workspace.amazon.workspace_id();
    workspace.amazon.set_token_quota(id, 2);
    let (one, other) = (workspace.account_id("one"), workspace.account_id("other"));
    let first = workspace.token(&one, "a");
    assert_eq!((first.status, workspace.token(&other, "b").status), (200, 200));
    let grafana = workspace.amazon.grafana(id).expect("a Grafana");
    grafana.advance(std::time::Duration::from_secs(2 * 3600));
    let full = workspace.token(&other, "c");
    assert_eq!((full.status, full.error()), (402, "ServiceQuotaExceededException"));
    let token = first.json["serviceAccountToken"]["id"].as_str().expect("an id");
    let gone = workspace.client.delete(&workspace.path(&format!("/{one}/tokens/{token}")));
    assert_eq!((gone.status, workspace.token(&other, "c").status), (200, 200));
}

#[test]
fn fields_have_limits() {
    let workspace = Workspace::start("10.4");
    let account = workspace.account_id("ci");
    let refused = |path: &str, body: &Value| {
        let answer = workspace.client.post(path, body);
        assert_eq!(
            (answer.status, answer.error()),
            (400, "ValidationException"),
            "{}",
            answer.text
        );
        answer.json["fieldList"][0]["name"].clone()
    };
    let (accounts, tokens) = (workspace.path(""), workspace.path(&format!("/{account}/tokens")));
    assert_eq!(refused(&accounts, &json!({ "name": "", "grafanaRole": "ADMIN" })), "name");
    assert_eq!(
        refused(&accounts, &json!({ "name": "x".repeat(129), "grafanaRole": "ADMIN" })),
        "name"
    );
    assert_eq!(refused(&accounts, &json!({ "name": "x", "grafanaRole": "Admin" })), "grafanaRole");
    assert_eq!(refused(&tokens, &json!({ "name": "x".repeat(129), "secondsToLive": 1 })), "name");
    assert_eq!(refused(&tokens, &json!({ "name": "x", "secondsToLive": 0 })), "secondsToLive");
    assert_eq!(
        refused(&tokens, &json!({ "name": "x", "secondsToLive": 2_592_001 })),
        "secondsToLive"
    );
    assert_eq!(refused(&tokens, &json!({ "name": "x" })), Value::Null);
}

#[test]
fn accounts_that_are_not_there_have_no_tokens() {
    let workspace = Workspace::start("10.4");
    for account in ["99", "x"] {
        for answer in [
            workspace.token(account, "t"),
            workspace.client.get(&workspace.path(&format!("/{account}/tokens"))),
            workspace.client.delete(&workspace.path(&format!("/{account}/tokens/1"))),
            workspace.client.delete(&workspace.path(&format!("/{account}"))),
        ] {
            assert_eq!(
                (answer.status, answer.error()),
                (404, "ResourceNotFoundException"),
                "{}",
                answer.text
            );
        }
    }
}

#[test]
fn grafana_8_has_no_service_accounts() {
    let workspace = Workspace::start("8.4");
    for answer in [
        workspace.account("ci"),
        workspace.client.get(&workspace.path("")),
        workspace.token("1", "t"),
    ] {
        assert_eq!(
            (answer.status, answer.error()),
            (400, "ValidationException"),
            "{}",
            answer.text
        );
        assert_eq!(answer.json["reason"], "OTHER");
    }
}

#[test]
fn lists_have_pages_in_order_of_id() {
    let workspace = Workspace::start("10.4");
    let accounts: Vec<_> =
        (0..12).map(|number| workspace.account_id(&format!("a{number}"))).collect();
    let page = workspace.client.get(&workspace.path("?maxResults=11")).json;
    let token = page["nextToken"].as_str().expect("a token");
    let rest =
        workspace.client.get(&workspace.path(&format!("?maxResults=11&nextToken={token}"))).json;
    let ids: Vec<_> = [&page, &rest]
        .iter()
        .flat_map(|page| page["serviceAccounts"].as_array().expect("a list"))
        .map(|account| account["id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(ids, accounts);
    assert!(rest.get("nextToken").is_none());

    for number in 0..3 {
        assert_eq!(workspace.token(&accounts[0], &format!("t{number}")).status, 200);
    }
    let path = format!("/{}/tokens?maxResults=2", accounts[0]);
    let page = workspace.client.get(&workspace.path(&path)).json;
    assert_eq!(page["serviceAccountTokens"].as_array().map(Vec::len), Some(2));
    let path = format!("{path}&nextToken={}", page["nextToken"].as_str().expect("a token"));
    let rest = workspace.client.get(&workspace.path(&path)).json;
    assert_eq!(rest["serviceAccountTokens"].as_array().map(Vec::len), Some(1));
}
