use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::*;

fn redactor(secrets: &[&str]) -> Redactor {
    let redactor = Redactor::default();
    secrets.iter().for_each(|secret| redactor.add(&(*secret).into()));
    redactor
}

const SECRETS: [&str; 5] = [
    "glsa_0123456789abcdefABCDEF_01234567",
    "p\u{e4}ss \"w\u{f6}rd\"\t<&>/?+=\u{1f600}-%41",
    "eyJhbGciOiJFUzUxMiJ9.eyJsaWQiOiIxMjM0NTYifQ.c2lnbmF0dXJl\n",
    "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\nnNyZXQ7cx5kWOXh+PZBhXUuuYYj4fhIcRTt/\n-----END PRIVATE KEY-----\n",
    "hunter2",
];

fn spellings(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).unwrap();
    let json = json[1..json.len() - 1].to_owned();
    let ascii: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&#34;");
    let pair = format!("admin:{}", secret.trim());
    vec![
        secret.to_owned(),
        secret.trim().to_owned(),
        format!("{secret}\n"),
        secret.split_whitespace().collect::<Vec<_>>().join(" "),
        json.clone(),
        serde_json::to_string(&json).unwrap(),
        ascii,
        percent.to_lowercase(),
        percent,
        form,
        html,
        format!("http://admin:{secret}@host/"),
        format!("http://ADMIN:{}@HOST/", secret.to_uppercase()),
        secret.to_lowercase(),
        secret.chars().flat_map(|char| [char, '\u{200b}', '\u{ad}', '\u{2060}']).collect(),
        secret.bytes().map(|byte| format!("\\x{byte:02x}")).collect(),
        secret.bytes().map(|byte| format!("{byte:02X}")).collect(),
        STANDARD.encode(secret),
        STANDARD.encode(STANDARD.encode(secret)),
        STANDARD.encode(format!("Basic {}", URL_SAFE.encode(&pair))),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE.encode(secret),
        format!("Basic {}", STANDARD.encode(&pair)),
        format!("Basic {}", STANDARD.encode(format!("a{pair}"))),
        format!("Basic {}", STANDARD.encode(format!("ab{pair}"))),
    ]
}

#[test]
fn no_spelling_of_a_secret_is_shown() {
    let redactor = redactor(&SECRETS);
    for secret in SECRETS {
        for spelling in spellings(secret) {
            let shown = redactor.quote(&format!("before [{spelling}] after"));
            assert!(shown.contains(MARK), "{spelling}: {shown}");
            assert!(
                shown.starts_with("before [") && shown.ends_with("] after"),
                "{spelling}: {shown}"
            );
            let (said, secret) = (Spelling::of(&shown), Spelling::of(secret));
            let mut parts = said.significant.windows(secret.significant.len());
            assert!(parts.all(|part| part != secret.significant), "{spelling}: {shown}");
        }
    }
}

#[test]
fn a_line_or_a_part_is_enough() {
    let redactor = redactor(&SECRETS);
    for part in ["eyJsaWQiOiIxMjM0NTYifQ", "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg"] {
        assert_eq!(&*redactor.quote(part), MARK);
    }
}

#[test]
fn what_was_cut_is_hidden() {
    let pair = "admin:correct horse 42";
    let redactor = redactor(&["correct horse 42", pair, SECRETS[0], SECRETS[2]]);
    let basic = format!("Basic {}", STANDARD.encode(pair));
    let bearer = format!("Bearer {}", SECRETS[0]);
    let twice = [&basic, &bearer].map(|header| STANDARD.encode(header));
    let jwt = SECRETS[2].trim();
    let all = [&basic, &bearer, &twice[0], &twice[1], jwt, &basic.to_lowercase()];
    for text in all {
        for cut in [&text[..25], &text[text.len() - 20..], &text[10..24]] {
            let shown = redactor.quote(&format!("bad {cut}"));
            let left = shown.replacen(MARK, "", 1).replacen("bad ", "", 1);
            let own = left.trim_start_matches("Bearer ").trim_start_matches("QmVhcmVyIG");
            assert!(shown.contains(MARK), "{cut}: {shown}");
            assert!(own.len() < PART + 2, "{cut}: {shown}");
        }
    }
}

#[test]
fn what_is_no_secret_stays() {
    let redactor = redactor(&["admin", "organization:admin", "password", SECRETS[0], "pw1"]);
    for text in [
        "API key deleted",
        "invalid API key",
        "Invalid organization, passwords of administrators: \\n100% \\x41 &lt; \u{e4} \\n",
        "cHcxa xcHcx 7077310",
    ] {
        assert_eq!(&*redactor.quote(text), text);
    }
    let username = "Invalid username or password";
    assert_eq!(&*self::redactor(&["admin", "root:admin"]).quote(username), username);
    assert_eq!(
        &*redactor.quote("PW1, cHcx, 707731, \\x70\\x77\\x31, p\u{200b}w1, Admin"),
        "[redacted], [redacted], [redacted], [redacted], [redacted], [redacted]"
    );
}

#[test]
fn a_short_secret_is_hidden_as_a_word_and_words_stay() {
    let redactor = redactor(&["in", "a"]);
    let shown = redactor.quote("invalid user in admin:in@host, %3Ain%20, a");
    assert_eq!(
        &*shown,
        "invalid user [redacted] admin:[redacted]@host, %3A[redacted]%20, [redacted]"
    );
}

#[test]
fn a_text_is_one_short_line() {
    let redactor = redactor(&SECRETS);
    assert_eq!(&*redactor.quote(" a\r\n\tb\u{7} "), "a b");
    let shown = redactor.quote(&"a".repeat(999));
    assert_eq!(shown.chars().count(), SHOWN + 1);
    let secret = SECRETS[0];
    for length in READ - 2 * secret.len()..READ + secret.len() {
        let text = [&" ".repeat(length), secret, &" ".repeat(READ)].concat();
        let shown = redactor.quote(&text);
        assert!(!shown.contains("glsa"), "{length}: {shown}");
    }
}

#[test]
fn layers_of_escapes_cost_little() {
    let redactor = redactor(&SECRETS);
    let _ = redactor.quote(&["%", &"25".repeat(READ)].concat());
}

#[test]
fn the_parts_of_secrets_are_found_out_when_a_text_is_shown() {
    let secrets: Vec<_> = (0..1000).map(|number| format!("glsa_{number:032}")).collect();
    let redactor = Redactor::default();
    secrets.iter().for_each(|secret| redactor.add(&secret.as_str().into()));
    assert!(redactor.0.lock().unwrap().parts.is_empty());
    assert_eq!(&*redactor.quote(&secrets[7]), MARK);
}
