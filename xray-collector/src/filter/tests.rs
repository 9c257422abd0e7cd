mod arbitrary;
mod errors;
mod language;
mod matching;
