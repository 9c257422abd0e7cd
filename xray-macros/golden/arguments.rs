use autoxray::traced;

struct D;
struct Pair {
    a: D,
    b: D,
}

#[traced]
fn first_unused(a: D, b: D) {
    drop(b);
}

#[traced]
fn later_unused(a: D, mut b: D, c: D) {
    let _ = (&a, &c);
}

#[traced]
fn patterns((a, b): (D, D), _: D, Pair { a: c, .. }: Pair, &n: &u8, [x, y]: [u8; 2]) -> u8 {
    let _ = (&a, &b, &c);
    n + x + y
}

#[traced]
async fn patterns_in_async((a, _): (D, D), b: Pair, _c: D) {
    drop(a);
    drop(b.b);
}

impl Pair {
    #[traced]
    fn by_value(self, other: D) -> D {
        drop(other);
        self.a
    }

    #[traced]
    fn by_mut(&mut self, other: D) -> &mut D {
        self.a = other;
        &mut self.a
    }

    #[traced]
    async fn in_arc(self: std::sync::Arc<Self>, mut self_: std::pin::Pin<&mut Self>) {
        self_.as_mut();
        let _ = &self.b;
    }
}
