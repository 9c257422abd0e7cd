use autoxray::traced_lambda;

#[traced_lambda(nmae = "x")]
async fn near(event: u8) {}

#[traced_lambda(segment)]
async fn of_traced(event: u8) {}

#[traced_lambda(capture_respons, captur_error = false, skip)]
async fn several(event: u8) {}

#[traced_lambda(capture_response = "yes")]
async fn response(event: u8) {}

#[traced_lambda(capture_error)]
async fn error(event: u8) {}

#[traced_lambda(capture_error = 0)]
async fn error_number(event: u8) {}

#[traced_lambda(name = "")]
async fn empty(event: u8) {}

#[traced_lambda(name = "a", name = "b", annotate())]
async fn twice(event: u8) {}

#[traced_lambda(annotate(token))]
async fn secret(event: u8, token: &str) {}

fn main() {}
