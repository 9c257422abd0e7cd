use autoxray::traced;

#[traced(name = "")]
fn empty() {}

#[traced(name = "  ", segment = "")]
fn blank() {}

#[traced(name = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]
fn long() {}

#[traced(name = "what?")]
fn question_mark() {}

#[traced(segment = "a<b>")]
fn brackets() {}

#[traced(name = "Größe_1.2:3/4%5&6#7=8+9\\10-11@12 13")]
fn allowed() {}

fn main() {}
