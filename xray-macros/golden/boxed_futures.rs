use std::future::Future;
use std::pin::Pin;

use autoxray::traced;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[traced]
fn in_its_box(to: &str) -> BoxFuture<'_, Result<usize, String>> {
    let n = to.len();
    Box::pin(async move {
        if n > 3 {
            return Err(String::from(to));
        }
        Ok(n)
    })
}

#[traced(annotate(n = to.len()))]
fn values_in_its_box(to: String) -> Pin<Box<dyn Future<Output = usize>>> {
    ::std::boxed::Box::pin(async move { to.len() })
}

#[traced(annotate(to))]
fn in_a_box(to: String) -> Pin<Box<dyn Future<Output = usize>>> {
    if to.is_empty() {
        return Box::pin(async { 0 });
    }
    Box::pin(async move { to.len() })
}
