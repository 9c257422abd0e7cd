use autoxray::traced;

#[traced]
async fn execute(client: &reqwest::Client, request: Request) -> Result<(), Error> {
    client.execute(request).await?;
    client.execute(client.get("u").build()?).await?;
    client.execute(make(|x| x)).await
}

#[traced]
async fn get(url: &str) -> Result<Response, Error> {
    reqwest::get(url).await?;
    reqwest::blocking::get(format!("{url}/"))
}

#[traced]
fn clients(config: &SdkConfig, conf: Config) {
    let a = aws_sdk_dynamodb::Client::new(config);
    let b = DdbClient::from_conf(conf);
    let c = DdbClient::from_conf(Config::builder().build());
    let d = DdbClient::new(&load().await);
    let e = reqwest::Client::new();
    let f = FooClient::new(3);
    let g = FooClient::new(&url)?;
}

#[traced]
fn spawns(set: &mut JoinSet<()>, future: F) {
    tokio::spawn(async {});
    std::thread::spawn(|| work());
    set.spawn(async { request.send().await });
    set.spawn(future);
    thread::spawn(work);
}

#[traced]
async fn macros(request: Request) {
    tokio::join!(client.get().send(), other());
    tokio::select! {
        biased;
        a = client.get().send(), if ready => a?,
        Some(b) = other() => { b.send().await }
        else => {}
    }
    unknown!(client.get().send());
    assert!(client.get().send());
}
