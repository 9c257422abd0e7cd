//! What looks secret, and is refused as a recorded value unless wrapped in `allow_secret(…)`.
//!
//! Looked at are the key and every identifier of the expression, and texts in it that are one word
//! (`headers["authorization"]`) or capture a name (`format!("{token}")`). A name is split into
//! words at `_`, digits and capitals. It looks secret if one of its words is in [`WORDS`], two
//! neighbours are in [`PAIRS`], or it runs one of [`STEMS`] together with others. It does not if it also has a word from
//! [`MEASURES`]: `token_count`, `max_tokens` and `has_password` tell how much or whether, not what. The plural
//! `tokens` counts as a measure too: it is what language models are billed by.

use proc_macro2::{Span, TokenStream, TokenTree};

use crate::args::Value;
use crate::diag::Diag;

const WORDS: [&str; 23] = [
    "apikey",
    "authorization",
    "bearer",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "creds",
    "cvc",
    "cvv",
    "jwt",
    "otp",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "pwd",
    "secret",
    "secrets",
    "ssn",
    "token",
    "totp",
];
const PAIRS: [(&str, &str); 11] = [
    ("access", "key"),
    ("api", "key"),
    ("api", "keys"),
    ("auth", "header"),
    ("auth", "key"),
    ("card", "number"),
    ("encryption", "key"),
    ("master", "key"),
    ("private", "key"),
    ("session", "key"),
    ("signing", "key"),
];
const STEMS: [&str; 9] = ["accesskey", "accesstoken", "apikey", "authtoken", "passphrase", "passwd", "password", "privatekey", "secretkey"];
const MEASURES: [&str; 21] = [
    "budget", "count", "counts", "expired", "expires", "expiry", "has", "is", "len", "length", "lengths", "limit", "limits", "max", "min",
    "num", "size", "total", "ttl", "usage", "used",
];

/// Refuses `value` at the word that looks secret.
pub(crate) fn check(value: &Value, diag: &mut Diag) {
    if value.allowed {
        return;
    }
    let in_key = looks_secret(&value.key).then(|| (spot(&value.place), value.key.clone()));
    let Some((span, word)) = in_key.or_else(|| find(&value.expr)) else { return };
    let plain = value.place.to_string() == value.expr.to_string();
    let (key, expr) = (&value.place, &value.expr);
    let wrapped = if plain { format!("allow_secret({expr})") } else { format!("allow_secret({key} = …)") };
    let message = format!(
        "`{word}` looks secret, and what is recorded can be read by everyone who sees the trace: leave it out, or write `{wrapped}` if it is meant to be recorded"
    );
    diag.push(syn::Error::new(span, message));
}

/// The first word in an expression that looks secret.
fn find(expr: &TokenStream) -> Option<(Span, String)> {
    expr.clone().into_iter().find_map(|token| match token {
        TokenTree::Group(group) => find(&group.stream()),
        TokenTree::Ident(ident) => {
            let name = ident.to_string();
            looks_secret(&name).then(|| (ident.span(), name))
        }
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            let word = in_text(&text)?;
            Some((literal.span(), word))
        }
        TokenTree::Punct(_) => None,
    })
}

fn spot(place: &TokenStream) -> Span {
    place.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}

/// A secret-looking word that a string literal (as written, with its quotes) is or captures.
fn in_text(literal: &str) -> Option<String> {
    let text = literal.trim_end_matches('#').strip_suffix('"')?;
    let text = &text[text.find('"')? + 1..];
    if text.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c)) && text.split(' ').count() == 1 {
        return looks_secret(text).then(|| text.to_owned());
    }
    text.split('{').skip(1).find_map(|capture| {
        let end = capture.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(capture.len());
        looks_secret(&capture[..end]).then(|| capture[..end].to_owned())
    })
}

fn looks_secret(name: &str) -> bool {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let pair = || words.windows(2).any(|two| PAIRS.contains(&(two[0].as_str(), two[1].as_str())));
    let stem = || words.iter().any(|word| STEMS.iter().any(|stem| word.contains(stem)));
    (has(&WORDS) || pair() || stem()) && !has(&MEASURES)
}

/// `userAPIKey2` → `user`, `api`, `key`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.strip_prefix("r#").unwrap_or(name).chars().collect();
    let mut words = vec![String::new()];
    for (at, &c) in chars.iter().enumerate() {
        let after_lower = at > 0 && chars[at - 1].is_lowercase();
        let before_lower = chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        let begins = c.is_uppercase() && (after_lower || before_lower);
        if begins || !c.is_alphabetic() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphabetic(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_seen_in_every_spelling() {
        for name in [
            "password",
            "PASSWORD",
            "user_password",
            "userPassword",
            "password2",
            "db_pwd",
            "token",
            "access_token",
            "authToken",
            "authtoken",
            "accesstoken",
            "api_key",
            "apiKey",
            "apikey",
            "APIKey",
            "API_KEY",
            "x-api-key",
            "authorization",
            "Authorization",
            "client_secret",
            "secrets",
            "credentials",
            "aws_access_key_id",
            "private_key",
            "session_cookie",
            "r#token",
            "jwt",
            "otp",
            "card_number",
            "passphrase",
            "userpassword",
        ] {
            assert!(looks_secret(name), "{name}");
        }
    }

    #[test]
    fn measures_and_lookalikes_are_fine() {
        for name in [
            "token_count",
            "max_tokens",
            "token_len",
            "input_tokens",
            "tokens",
            "tokenizer",
            "has_password",
            "is_token_valid",
            "user_id",
            "key",
            "keys",
            "secretary",
            "author",
            "authority",
            "passenger",
            "compass",
            "order_id",
            "card",
            "number",
            "monkey",
            "",
            "_",
            "token_ttl",
            "cookie_size",
            "pin",
            "pass",
            "auth",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
    }

    #[test]
    fn texts_are_looked_at() {
        for (literal, word) in [
            (r#""authorization""#, Some("authorization")),
            (r#""x-api-key""#, Some("x-api-key")),
            (r#""id {token}""#, Some("token")),
            (r#""id {token:?} {x}""#, Some("token")),
            (r##"r#"{password}"#"##, Some("password")),
            (r#""the token expired""#, None),
            (r#""user""#, None),
            ("12", None),
        ] {
            assert_eq!(in_text(literal).as_deref(), word, "{literal}");
        }
    }
}
