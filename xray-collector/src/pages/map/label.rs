//! Names and types of services, short enough to stand below a node.

use crate::pages::text;

/// The part of a name that tells it from others: of a queue's URL or an ARN the end.
pub(crate) fn name(name: &str, kind: &str) -> String {
    let is_address = name.starts_with("arn:") || name.contains("://");
    let last = if kind.starts_with("AWS::") && is_address { name.rsplit(['/', ':']).find(|part| !part.is_empty()) } else { None };
    let shown = text::line(last.unwrap_or(name), 60);
    if shown.trim().is_empty() { "(no name)".to_owned() } else { shown }
}

/// A type in words: `DynamoDB table`, `Lambda function`, `SQL database`.
pub(crate) fn kind(kind: &str) -> String {
    match kind {
        "" => "service".to_owned(),
        "Database::SQL" => "SQL database".to_owned(),
        "client" => "clients".to_owned(),
        _ => {
            let parts = kind.strip_prefix("AWS::").unwrap_or(kind).split("::").enumerate();
            let words: Vec<String> = parts.map(|(index, part)| if index == 0 { part.to_owned() } else { lower(part) }).collect();
            text::line(&words.join(" "), 40)
        }
    }
}

/// The same below a name, which it does not repeat.
pub(crate) fn kind_beside(kind: &str, name: &str) -> String {
    let words = self::kind(kind);
    if words.eq_ignore_ascii_case(name) && kind.starts_with("AWS::") { "AWS service".to_owned() } else { words }
}

/// `StateMachine` as `state machine`; `GraphQLAPI` stays.
fn lower(part: &str) -> String {
    let ends_in_capitals = part.chars().rev().take(2).all(|letter| letter.is_ascii_uppercase());
    if ends_in_capitals {
        return part.to_owned();
    }
    let mut words = String::new();
    for letter in part.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_types_in_words() {
        assert_eq!(name("https://sqs.eu-west-1.amazonaws.com/123456789012/mails", "AWS::SQS::Queue"), "mails");
        assert_eq!(name("arn:aws:sns:eu-west-1:123456789012:orders", "AWS::SNS::Topic"), "orders");
        assert_eq!(name("https://shop.example/", "remote"), "https://shop.example/");
        assert_eq!(name("a\u{202e}b", ""), "a\u{fffd}b");
        assert_eq!((name(" ", ""), name("://", "AWS::SQS::Queue")), ("(no name)".to_owned(), "://".to_owned()));
        let table = [
            ("", "service"),
            ("client", "clients"),
            ("remote", "remote"),
            ("Database::SQL", "SQL database"),
            ("AWS::Lambda", "Lambda"),
            ("AWS::Lambda::Function", "Lambda function"),
            ("AWS::DynamoDB::Table", "DynamoDB table"),
            ("AWS::AppSync::GraphQLAPI", "AppSync GraphQLAPI"),
            ("AWS::StepFunctions::StateMachine", "StepFunctions state machine"),
            ("odd", "odd"),
        ];
        for (kind, words) in table {
            assert_eq!(super::kind(kind), words);
        }
    }
}
