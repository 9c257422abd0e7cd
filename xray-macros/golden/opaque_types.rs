use autoxray::traced;

#[traced]
fn numbers(to: u32) -> Result<impl Iterator<Item = u32> + use<>, String> {
    if to == 0 {
        return Err(String::from("none"));
    }
    Ok(0..to)
}

#[traced]
async fn later(to: u32) -> impl Iterator<Item = u32> {
    0..to
}

#[traced]
fn future(to: String) -> impl Future<Output = usize> {
    async move { to.len() }
}

#[traced(annotate(to))]
fn future_with_values(to: String) -> impl Future<Output = Result<usize, std::fmt::Error>> + Send {
    std::future::ready(Ok(to.len()))
}
