use autoxray::traced_lambda;

#[traced_lambda(annotate(id), metadata(size = 1), capture_response, segment)]
fn main() {}

mod others {
    #[autoxray::traced_lambda(annotate(id), metadata(size = 1), capture_response, name = "x", capture_error = false)]
    fn main() {}
}

mod both {
    #[autoxray::traced_lambda]
    #[autoxray::main]
    fn main() {}
}
