use autoxray::traced;

#[traced(skip, name = "x")]
fn before() {}

#[traced(annotate(a), skip)]
fn behind(a: u8) {}

#[traced]
mod jobs {
    use autoxray::traced;

    #[traced(skip, segment)]
    fn inside() {}
}

fn main() {}
