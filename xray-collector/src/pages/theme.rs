//! Dark or light: as the system has it, until one says otherwise.

use axum::Router;
use axum::extract::Form;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;

use crate::serve::App;

const COOKIE: &str = "xray_theme";

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// As the browser's cookie says.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
        let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| Self::named(value)).unwrap_or_default()
    }

    fn named(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What the switch leads to.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::System => Self::Dark,
            Self::Dark => Self::Light,
            Self::Light => Self::System,
        }
    }
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    back: String,
}

pub(crate) fn router() -> Router<App> {
    Router::new().route("/theme", post(choose))
}

async fn choose(Form(choice): Form<Choice>) -> Response {
    let cookie = format!("{COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly", Theme::named(&choice.theme).name());
    let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, back(&choice.back).to_owned())];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// A page of ours, whatever was asked for: no address of another site.
fn back(asked: &str) -> &str {
    let is_ours = asked.starts_with('/') && !asked.starts_with("//") && asked.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_ours { asked } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_are_gone_back_to() {
        assert_eq!(back("/traces?filter=a%20b"), "/traces?filter=a%20b");
        for bad in ["", "traces", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: b", "/ü"] {
            assert_eq!(back(bad), "/", "{bad:?}");
        }
    }

    #[test]
    fn the_cookie_says_which() {
        let mut headers = HeaderMap::new();
        assert_eq!(Theme::of(&headers), Theme::System);
        headers.append(header::COOKIE, "a=b; xray_theme=dark".parse().unwrap());
        assert_eq!(Theme::of(&headers), Theme::Dark);
        headers.insert(header::COOKIE, "xray_theme=\"><script>".parse().unwrap());
        assert_eq!(Theme::of(&headers), Theme::System);
    }
}
