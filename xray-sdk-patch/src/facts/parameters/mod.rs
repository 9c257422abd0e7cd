//! The whitelist: what may be said of which operation.

pub(super) mod table;

/// A field of a document and where it comes from.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its name in the document.
    pub(super) name: &'static str,
    pub(super) from: Source,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// A member of the JSON or form body.
    Body(&'static str, Take),
    /// A member that the response has only if this member of the request asked for it.
    Asked(&'static str, &'static str),
    /// A header.
    Header(&'static str),
    /// A header that holds a number.
    Number(&'static str),
    /// A parameter of the query.
    Query(&'static str),
    /// The part of the path after this one.
    Path(&'static str),
    /// The status of the response.
    Status,
}

/// What is taken of a member.
#[derive(Clone, Copy, Debug)]
pub(super) enum Take {
    /// The value itself.
    Copy,
    /// How many it holds.
    Count,
    /// The names of its members.
    Keys,
    /// The different texts of this member in each element.
    Each(&'static str),
    /// Members of it.
    Inside(&'static [Field]),
}

/// The fields of an operation.
#[derive(Debug)]
pub(super) struct Operation {
    name: &'static str,
    pub(super) request: &'static [Field],
    pub(super) response: &'static [Field],
}

/// The operations of a service.
struct Service {
    /// In order of their names.
    operations: &'static [Operation],
    /// What is looked for in any other.
    others: Operation,
}

/// What may be said of this operation; the service by its id in the AWS API models, as clients of the AWS SDK for Rust know it.
pub(super) fn find(service: &str, operation: &str) -> Option<&'static Operation> {
    let service = table::service(service)?;
    let found = service.operations.binary_search_by(|entry| entry.name.cmp(operation));
    Some(found.map_or(&service.others, |at| &service.operations[at]))
}

impl Field {
    /// Whether it is looked for in the body.
    pub(super) fn is_in_body(&self) -> bool {
        matches!(self.from, Source::Body(..) | Source::Asked(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the X-Ray SDKs write the names of members: `QueueOwnerAWSAccountId` as `queue_owner_aws_account_id`.
    fn snake_case(name: &str) -> String {
        let letters: Vec<char> = name.chars().collect();
        let mut snake = String::new();
        for (at, letter) in letters.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| letters[at]);
            let starts =
                before.is_some_and(|before| !before.is_uppercase() || letters.get(at + 1).is_some_and(|after| after.is_lowercase()));
            if letter.is_uppercase() && starts {
                snake.push('_');
            }
            snake.extend(letter.to_lowercase());
        }
        snake
    }

    #[test]
    fn names_are_in_snake_case() {
        assert_eq!(snake_case("QueueOwnerAWSAccountId"), "queue_owner_aws_account_id");
        assert_eq!(snake_case("IPAddress"), "ip_address");
        let copied = |field: &Field| match field.from {
            Source::Body(member, Take::Copy) | Source::Asked(_, member) | Source::Query(member) => Some(member),
            _ => None,
        };
        for service in table::SERVICES.map(|name| table::service(name).unwrap()) {
            for operation in service.operations.iter().chain([&service.others]) {
                for field in operation.request.iter().chain(operation.response) {
                    if let Some(member) = copied(field) {
                        assert_eq!(field.name, snake_case(member), "{}", operation.name);
                    }
                }
            }
        }
    }

    #[test]
    fn operations_are_in_order_and_found() {
        for name in table::SERVICES {
            let service = table::service(name).unwrap();
            assert!(service.operations.is_sorted_by(|a, b| a.name < b.name), "{name}");
            for operation in service.operations {
                assert!(std::ptr::eq(find(name, operation.name).unwrap(), operation), "{}", operation.name);
                let said = |field: &Field| !field.name.is_empty() && operation.request.iter().any(|other| other.name == field.name);
                assert!(!operation.response.iter().any(said), "{}: request and response say the same", operation.name);
            }
        }
        assert!(find("EC2", "DescribeInstances").is_none());
        assert_eq!(find("SQS", "AnyNewOperation").unwrap().request[0].name, "queue_url");
    }
}
