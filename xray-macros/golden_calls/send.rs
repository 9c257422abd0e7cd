use autoxray::traced;

#[traced]
async fn chain(client: &Client) -> Result<Output, Error> {
    client.get_item().table_name("t").send().await
}

#[traced]
async fn place(request: Request) -> Result<Output, Error> {
    request.send().await
}

#[traced]
async fn customized(client: &Client) -> Result<Output, Error> {
    client.get_item().customize().mutate_request(change).send().await
}

#[traced(sends = false)]
async fn left(request: Request) -> Result<Output, Error> {
    request.send().await
}

#[traced]
fn captured(request: Request) -> impl Fn() -> Output {
    move || request.send()
}

#[traced]
fn arguments(sender: Sender<u8>) {
    sender.send(1);
    sender.send::<u8>();
    fn nested(x: X) { x.send(); }
    let _ = [x.send(); { y.send() }];
}
