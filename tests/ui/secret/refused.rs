use autoxray::traced;

struct Input {
    password: String,
    id: u32,
}

#[traced(annotate(token, user_password = id), metadata(apiKey, size = id))]
fn keys(token: &str, apiKey: &str, id: u32) {}

#[traced(annotate(p = input.password), metadata(h = format!("{token} {}", input.id)))]
fn in_expressions(input: Input, token: &str) {}

#[traced(metadata(h = headers["Authorization"], t = headers.get("x-api-key")))]
fn in_texts(headers: std::collections::HashMap<&str, &str>) {}

#[traced(annotate(allow_secret(token), max_tokens, token_count = 3), metadata(allow_secret(p = input.id)))]
fn allowed(input: Input, token: &str, max_tokens: u32) {}

fn main() {}
