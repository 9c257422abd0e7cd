//! Names that AWS takes, made from names that people take.

/// Characters of a name in a logical id. CloudFormation takes 255 with what stands around it.
const ID_CHARS_MAX: usize = 100;

/// A logical id: letters and digits, different for different names.
pub(super) fn logical_id(role: &str, name: &str) -> String {
    let mut id = String::from(role);
    for word in name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let (first, rest) = word.split_at(1);
        id += &first.to_ascii_uppercase();
        id += rest;
    }
    let is_exact = name.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !name.starts_with(|letter: char| letter.is_ascii_lowercase());
    id.truncate(role.len() + ID_CHARS_MAX);
    if is_exact && name.len() <= ID_CHARS_MAX { id } else { format!("{id}{}", hash(name)) }
}

/// A name of letters, digits, `-` and `_`, with so many characters at most. What is lost of it is in a hash at its end.
pub(super) fn plain(name: &str, chars_max: usize) -> String {
    let keep = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    let plain: String = name.chars().map(keep).collect();
    let is_exact = plain == name;
    if is_exact && plain.len() <= chars_max {
        return plain;
    }
    let hash = hash(name);
    let head: String = plain.chars().take(chars_max - hash.len() - 1).collect();
    let head = head.trim_matches('-');
    if head.is_empty() { hash } else { format!("{head}-{hash}") }
}

/// The value of a dimension for a name that X-Ray takes, as the runtime makes it: what is not printable ASCII becomes `_`.
pub(super) fn dimension(name: &str) -> String {
    let letter = |(index, letter): (usize, char)| if matches!(letter, ' '..='~') && (index > 0 || letter != ':') { letter } else { '_' };
    let value: String = name.chars().enumerate().map(letter).collect();
    if value.trim_start_matches(' ').is_empty() { "_".to_owned() } else { value }
}

/// Eight digits that follow from the name: FNV-1a, folded.
fn hash(name: &str) -> String {
    let long = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{:08x}", (long >> 32) ^ (long & 0xffff_ffff))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_fit_stay_as_they_are() {
        assert_eq!(logical_id("Group", "Slow"), "GroupSlow");
        assert_eq!(logical_id("Alarm", ""), "Alarm");
        assert!(logical_id("Alarm", "order-id").starts_with("AlarmOrderId"));
        assert_eq!(plain("orders_2-x", 32), "orders_2-x");
        assert_eq!(plain(&"x".repeat(40), 32).len(), 32);
        assert!(plain("my orders", 32).starts_with("my-orders-"));
    }

    #[test]
    fn names_that_look_alike_do_not_meet() {
        let mut seen = BTreeMap::new();
        for name in ["order-id", "order id", "orderId", "OrderId", "order_id", "Order-Id", "ORDER-ID", "größe", "gr--e", "💥", "", " ", "-"]
        {
            for made in [logical_id("X", name), format!("plain {}", plain(name, 32))] {
                assert_eq!(seen.insert(made.clone(), name), None, "{made} of {name}");
            }
        }
    }

    #[test]
    fn values_of_dimensions_are_those_of_the_runtime() {
        // From the table of its own test.
        for (name, value) in [("orders", "orders"), (":x:", "_x:"), ("größe", "gr__e"), ("", "_"), ("  ", "_"), ("a\nb", "a_b")] {
            assert_eq!(dimension(name), value);
        }
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_that_aws_takes(name in any::<String>(), chars_max in 10_usize..60) {
            let id = logical_id("Alarm", &name);
            prop_assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric()) && id.len() <= 255);
            let plain = plain(&name, chars_max);
            prop_assert!(plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) && plain.len() <= chars_max);
        }
    }
}
