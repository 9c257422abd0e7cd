//! JSON text, written into a byte buffer.

use crate::value::Annotation;

/// What a byte needs in a JSON string: 0 nothing, `u` a numeric escape, else the letter after the backslash.
const ESCAPE: [u8; 256] = {
    let mut table = [0; 256];
    let mut control = 0;
    while control < 0x20 {
        table[control] = b'u';
        control += 1;
    }
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table[b'\n' as usize] = b'n';
    table[b'\r' as usize] = b'r';
    table[b'\t' as usize] = b't';
    table
};

/// Writes `text` as a JSON string, quotes included.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    escaped(out, text);
    out.push(b'"');
}

/// Writes `text` as it stands between the quotes.
pub(crate) fn escaped(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let escape = ESCAPE[usize::from(*byte)];
        if escape == 0 {
            continue;
        }
        out.extend_from_slice(&bytes[from..at]);
        from = at + 1;
        match escape {
            b'u' => {
                let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            }
            letter => out.extend_from_slice(&[b'\\', letter]),
        }
    }
    out.extend_from_slice(&bytes[from..]);
}

/// Bytes that `text` takes as a JSON string, without the quotes.
pub(crate) fn escaped_len(text: &str) -> usize {
    let extra = |byte: u8| match ESCAPE[usize::from(byte)] {
        0 => 0,
        b'u' => 5,
        _ => 1,
    };
    text.bytes().map(|byte| 1 + extra(byte)).sum()
}

/// Writes a number that is not a float.
pub(crate) fn integer(out: &mut Vec<u8>, value: i128) {
    let Ok(mut rest) = u64::try_from(value.unsigned_abs()) else {
        use std::io::Write;
        let _ = write!(out, "{value}");
        return;
    };
    // The common case does without the machinery of formatting.
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[first..]);
}

/// Writes a float. JSON has no word for what is not finite, so that becomes a string: still true, still visible.
pub(crate) fn float(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        // The shortest text that reads back to the same number. Writing into memory does not fail.
        let _ = serde_json::to_writer(out, &value);
    } else if value.is_nan() {
        out.extend_from_slice(b"\"NaN\"");
    } else {
        out.extend_from_slice(if value > 0.0 { b"\"Infinity\"" } else { b"\"-Infinity\"" });
    }
}

/// Writes a text, a number or a truth value.
pub(crate) fn annotation(out: &mut Vec<u8>, value: &Annotation) {
    match value {
        Annotation::Bool(true) => out.extend_from_slice(b"true"),
        Annotation::Bool(false) => out.extend_from_slice(b"false"),
        Annotation::Int(value) => integer(out, *value),
        Annotation::Float(value) => float(out, *value),
        Annotation::Text(text) => string(out, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn integers_read_back(value: i128, small: i64) {
            for value in [value, small.into(), i64::MIN.into(), u64::MAX.into(), 0] {
                let mut out = Vec::new();
                integer(&mut out, value);
                prop_assert_eq!(std::str::from_utf8(&out).unwrap(), value.to_string());
            }
        }

        #[test]
        fn strings_read_back(text in "(?s).{0,50}|[\u{0}-\u{30}\"\\\\]{0,30}") {
            let mut out = Vec::new();
            string(&mut out, &text);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text.clone());
            prop_assert_eq!(out.len(), escaped_len(&text) + 2);
        }

        #[test]
        fn floats_read_back(value: f64) {
            let mut out = Vec::new();
            float(&mut out, value);
            let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
            if value.is_finite() {
                prop_assert!(read.is_number());
                // serde_json's own reader is off by a last digit now and then.
                prop_assert_eq!(std::str::from_utf8(&out).unwrap().parse(), Ok(value));
            } else {
                prop_assert!(read.is_string());
            }
        }
    }
}
