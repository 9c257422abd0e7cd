use autoxray::{traced, traced_lambda};

#[traced_lambda]
#[traced]
async fn above(event: u8) {}

mod below {
    #[autoxray::traced]
    #[autoxray::traced_lambda]
    fn main() {}
}

mod twice {
    #[autoxray::traced_lambda]
    #[autoxray::traced_lambda(name = "x")]
    fn main() {}
}

#[traced_lambda]
#[traced]
fn main() {}
