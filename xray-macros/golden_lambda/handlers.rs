use autoxray::traced_lambda;

#[traced_lambda]
async fn handler(event: LambdaEvent<Order>) -> Result<Answer, Error> {
    let order = event.payload;
    Ok(order.place().await?)
}

#[traced_lambda(name = "orders", annotate(id = payload.id), metadata(payload), capture_response, capture_error = false)]
async fn unpacked(client: &Client, LambdaEvent { payload, context }: LambdaEvent<Order>, table: String) -> Result<Answer, Error> {
    client.put(&table, payload, context.deadline).await
}

#[traced_lambda]
pub async fn http(mut request: lambda_http::Request) -> Result<impl IntoResponse, Error> {
    request.body_mut().clear();
    Ok("done")
}

#[traced_lambda]
async fn alias(client: &Client, event: Event) {}

#[traced_lambda]
async fn ignored(_: LambdaEvent<Value>) -> Result<(), Error> {
    Ok(())
}

impl App {
    #[traced_lambda]
    async fn handle<T: DeserializeOwned>(&self, event: LambdaEvent<T>) -> Result<T, Error> {
        self.check(&event)?;
        Ok(event.payload)
    }
}
