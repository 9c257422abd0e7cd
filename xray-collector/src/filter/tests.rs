mod arbitrary;
mod completing;
mod docs;
mod errors;
mod language;
mod matching;
