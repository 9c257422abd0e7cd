#[test]
fn show() {
    for text in include_str!("errors.in").split("\n\n") {
        match crate::filter::Filter::parse(text) {
            Ok(f) => println!("OK?? {f}"),
            Err(e) => println!("{}: {e}", e.column()),
        }
        println!();
    }
}
