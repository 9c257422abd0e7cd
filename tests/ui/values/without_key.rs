use autoxray::traced;

struct Input {
    id: u32,
}

#[traced(annotate(input.id), metadata(input.id.to_string(), &input, 1 + 1, "x"))]
fn expressions(input: Input) {}

#[traced(annotate(input.id = 1, self::x, a::<u8>))]
fn paths(input: Input) {}

fn main() {}
