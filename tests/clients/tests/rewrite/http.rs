//! Requests of reqwest, 0.12 and 0.13, async and blocking, against a small server.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

use autoxray::traced;

/// Answers `fine` to each request; its address.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = [0; 4096];
            let _ = connection.read(&mut request);
            let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nfine");
        }
    });
    url
}

fn name<T>(_: T) -> &'static str {
    std::any::type_name::<T>()
}

/// What generated code asks: the type of the answer. A fallback that is not needed is not used.
macro_rules! ask {
    (send $place:expr) => {{
        #[allow(unused_imports)]
        use autoxray::__rt::call::probe::{self, fallbacks::*};
        let place = &$place;
        name(probe::seen(place, probe::Given(place.as_input()).__autoxray_taken().build()).__autoxray_verdict())
    }};
    (execute $place:expr) => {{
        #[allow(unused_imports)]
        use autoxray::__rt::call::probe::{self, fallbacks::*};
        name(probe::seen(&$place, ()).__autoxray_executes())
    }};
    (get $call:expr, $method:ident) => {{
        #[allow(unused_imports)]
        use autoxray::__rt::call::probe::{self, fallbacks::*};
        name(probe::got($call).$method())
    }};
}

#[test]
fn others_are_not_taken_for_clients() {
    assert!(ask!(send String::new()).ends_with("::Other"));
    assert!(ask!(execute & 5).ends_with("::Other"));
    assert!(ask!(get async { 3 }, __autoxray_verdict).ends_with("::Other"));
    assert!(ask!(get Ok::<u8, ()>(3), __autoxray_blocking).ends_with("::Other"));
}

macro_rules! version {
    ($name:ident, $reqwest:ident) => {
        mod $name {
            use super::*;
            use $reqwest as reqwest;

            struct Api {
                client: reqwest::Client,
                shared: Arc<reqwest::Client>,
            }

            #[traced]
            impl Api {
                async fn calls(&self, url: &str) -> Result<String, reqwest::Error> {
                    let mut text = self.client.get(url).send().await?.error_for_status()?.text().await?;
                    let request = self.client.post(url).body("b");
                    text += &request.send().await?.text().await?;
                    let request = self.client.get(url).build()?;
                    text += &self.client.execute(request).await?.text().await?;
                    text += &self.shared.execute(self.client.get(url).build()?).await?.text().await?;
                    let client = &self.client;
                    text += &client.execute(client.get(url).build().unwrap()).await?.text().await?;
                    text += &reqwest::get(url).await?.text().await?;
                    text += &reqwest::get(&format!("{url}path")).await?.text().await?;
                    let (a, b) = tokio::join!(self.client.get(url).send(), self.client.get(url).send());
                    text += &(a?.text().await? + &b?.text().await?);
                    Ok(text)
                }
            }

            #[traced]
            fn blocking(url: &str) -> Result<String, reqwest::Error> {
                let client = reqwest::blocking::Client::new();
                let mut text = client.get(url).send()?.text()?;
                let request = client.get(url);
                text += &request.send()?.text()?;
                text += &client.execute(client.get(url).build()?)?.text()?;
                text += &reqwest::blocking::get(url)?.text()?;
                Ok(text)
            }

            #[test]
            fn clients_are_known() {
                let known = |answer: &str| assert!(answer.contains(stringify!($name)) && answer.ends_with("::Recorded"), "{answer}");
                let client = reqwest::Client::new();
                known(ask!(send client.get("http://a/")));
                known(ask!(execute client));
                known(ask!(execute &client));
                known(ask!(execute Arc::new(client.clone())));
                known(ask!(execute &Arc::new(client.clone())));
                known(ask!(get reqwest::get("http://a/"), __autoxray_verdict));
                let client = reqwest::blocking::Client::new();
                known(ask!(send client.get("http://a/")));
                known(ask!(execute client));
                known(ask!(get reqwest::blocking::get("no url"), __autoxray_blocking));
            }

            #[tokio::test]
            async fn requests_work() {
                let client = reqwest::Client::new();
                let api = Api { shared: Arc::new(client.clone()), client };
                assert_eq!(api.calls(&server()).await.unwrap(), "fine".repeat(9));
            }

            #[test]
            fn blocking_requests_work() {
                assert_eq!(blocking(&server()).unwrap(), "fine".repeat(4));
            }

            #[traced]
            fn is_send(client: reqwest::Client, url: String) -> impl Future<Output = ()> + Send + 'static {
                async move {
                    let request = client.get(&url);
                    let _ = request.send().await;
                    let _ = client.get(url).send().await;
                }
            }

            #[tokio::test]
            async fn futures_are_send() {
                tokio::spawn(is_send(reqwest::Client::new(), server())).await.unwrap();
            }
        }
    };
}

version!(v0_12, reqwest_0_12);
version!(v0_13, reqwest_0_13);
