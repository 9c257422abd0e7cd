use autoxray::traced;

#[traced(annotate("order-id" = id, "größe" = id, "" = id))]
fn annotations(id: u8) {}

#[traced(metadata("order-id" = id, "größe" = id))]
fn any_metadata(id: u8) {}

#[traced(metadata("" = id))]
fn empty_metadata(id: u8) {}

fn main() {}
