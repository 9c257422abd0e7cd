//! What must hold of each page, whatever documents hold.

use std::collections::{BTreeSet, HashSet};

use scraper::{ElementRef, Html, Selector};

use super::{Answer, Viewer};

/// Bytes of a page: what a browser shows in a moment.
const PAGE_BYTES_MAX: usize = 2 << 20;
/// Elements that pages are made of. What could run or load anything is none of them, but for `link` and `script`, whose addresses are looked at.
const ELEMENTS: &str = "html head meta title link script body header nav main search section aside article div span p a b i s em strong small \
    code pre kbd sup sub hr br time abbr h1 h2 h3 h4 ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td form fieldset legend \
    label input select optgroup option datalist button output details summary dialog figure figcaption progress meter mark data var samp \
    svg g defs marker pattern clipPath linearGradient stop use symbol rect circle ellipse line path polyline polygon text tspan textPath desc title";

pub(crate) fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

pub(crate) fn text(page: &Html) -> String {
    page.root_element().text().collect()
}

/// A page as a browser would read it, after a look at what must hold of all of them.
pub(crate) fn sound(address: &str, answer: &Answer) -> Html {
    let policy = answer.head.lines().find_map(|line| line.strip_prefix("content-security-policy: ")).unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe") && !policy.contains('*'), "{address}: {policy}");
    assert!(answer.head.contains("x-content-type-options: nosniff"), "{address}");
    assert!(answer.body.len() <= PAGE_BYTES_MAX, "{address}: {} bytes", answer.body.len());
    let page = Html::parse_document(&answer.body);
    assert!(page.errors.is_empty(), "{address}: {:?}", page.errors);
    let is_bad = |char: char| matches!(char, '\0'..='\x08' | '\x0b'..='\x1f' | '\x7f'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let allowed: HashSet<&str> = ELEMENTS.split_whitespace().collect();
    let mut ids = HashSet::new();
    for element in all(&page, "*") {
        let name = element.value().name();
        assert!(allowed.contains(name), "{address}: <{name}>");
        for (attribute, value) in element.value().attrs() {
            // A field holds what was typed; it has a direction of its own.
            assert!(name == "input" && attribute == "value" || !value.contains(is_bad), "{address}: <{name} {attribute}={value:?}>");
            assert!(
                !attribute.starts_with("on") && attribute != "style" && attribute != "srcdoc",
                "{address}: <{name} {attribute}={value:?}>"
            );
            assert!(
                !["href", "src", "action", "formaction", "xlink:href"].contains(&attribute) || is_ours(name, attribute, value),
                "{address}: <{name} {attribute}={value:?}>"
            );
        }
        if let Some(id) = element.value().id() {
            assert!(ids.insert(id), "{address}: two elements have the id {id:?}");
        }
        assert!(name != "script" || element.inner_html().is_empty(), "{address}: a script in the page");
        assert!(name != "meta" || element.value().attr("http-equiv").is_none(), "{address}: meta http-equiv");
    }
    let shown = text(&page);
    assert!(!shown.contains(is_bad), "{address}: {:?}", shown.split('\n').find(|line| line.contains(is_bad)));
    assert_eq!(all(&page, "h1").len(), 1, "{address}: headlines");
    assert!(!all(&page, "head > title")[0].inner_html().trim().is_empty(), "{address}");
    page
}

/// Addresses are our own; links may lead to AWS's console.
fn is_ours(element: &str, attribute: &str, value: &str) -> bool {
    let is_path = value.starts_with('/') && !value.starts_with("//") && !value.contains('\\');
    let is_console =
        value.starts_with("https://console.aws.amazon.com/") || value.contains(".console.aws.amazon.com/") && value.starts_with("https://");
    match (element, attribute) {
        ("script", _) | ("link", _) => value.starts_with("/assets/") || value == "/favicon.ico",
        ("a", _) => is_path || value.starts_with('#') || is_console,
        _ => is_path,
    }
}

/// Goes to every page that pages lead to, beginning with some, up to a number. What is found must be there.
pub(crate) fn crawl(viewer: &Viewer, begin: &[String], pages_max: usize) -> BTreeSet<String> {
    let mut seen: BTreeSet<String> = begin.iter().cloned().collect();
    let mut work: std::collections::VecDeque<String> = begin.iter().cloned().collect();
    let mut looked = 0;
    while let Some(address) = work.pop_front() {
        looked += 1;
        if looked > pages_max {
            break;
        }
        let answer = viewer.get(&address);
        assert_eq!(answer.status, 200, "{address}: {}", answer.body.chars().take(300).collect::<String>());
        if !answer.head.contains("text/html") {
            continue;
        }
        let page = sound(&address, &answer);
        let ids: HashSet<&str> = all(&page, "[id]").into_iter().filter_map(|element| element.value().id()).collect();
        for link in all(&page, "a[href], link[href], script[src]") {
            let target = link.value().attr("href").or(link.value().attr("src")).unwrap();
            let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
            assert!(!path.is_empty() || ids.contains(fragment), "{address}: nothing has the id {fragment:?}");
            if path.starts_with('/') && seen.insert(path.to_owned()) {
                work.push_back(path.to_owned());
            }
        }
        for (label, field) in [
            ("for", "label[for]"),
            ("aria-controls", "[aria-controls]"),
            ("aria-labelledby", "[aria-labelledby]"),
            ("aria-describedby", "[aria-describedby]"),
        ] {
            for element in all(&page, field) {
                for id in element.value().attr(label).unwrap().split_whitespace() {
                    assert!(ids.contains(id), "{address}: {label}={id:?} leads nowhere");
                }
            }
        }
    }
    seen
}
