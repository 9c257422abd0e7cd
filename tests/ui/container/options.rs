use autoxray::traced;

struct Store;

#[traced(name = "x", segment, namespace = "remote")]
impl Store {
    fn get(&self) {}
}

#[traced(annotate(a), metadata(b), namespace = "x")]
mod jobs {
    pub fn run() {}
}

#[traced(segment = "x")]
trait Visit {
    fn visit(&self) {}
}

impl Visit for Store {}

fn main() {
    // The items are still there.
    Store.get();
    jobs::run();
    Store.visit();
}
