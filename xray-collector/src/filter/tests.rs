mod arbitrary;
mod completing;
mod errors;
mod language;
mod matching;
