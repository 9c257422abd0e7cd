use autoxray::traced_lambda;

#[traced_lambda]
async fn nothing() {}

#[traced_lambda]
async fn borrowed(client: &str, name: &str) {}

#[traced_lambda]
fn neither() {}

struct App;

impl App {
    #[traced_lambda]
    async fn handle(&self) {}
}

fn main() {}
