//! Stacks that arrive as text, each language in its own way.

use xray_model::document::{Exception, StackFrame};
use xray_model::limits::STACK_FRAMES_MAX;

/// The exception with the frames of its text, and those that caused it behind it. Where one was caused by the next, its `cause` is some text,
/// to be replaced by an id. A language that is not known has no frames.
pub(super) fn exceptions(first: Exception, trace: &str, language: &str) -> Vec<Exception> {
    let mut exceptions = match language {
        "java" | "php" => java(first, trace),
        "python" => python(first, trace),
        "javascript" | "nodejs" | "webjs" => vec![with(first, trace.lines().skip(1).filter_map(javascript))],
        "dotnet" => vec![with(first, trace.lines().skip(1).filter_map(dotnet))],
        "go" => vec![with(first, pairs(trace).filter_map(|(line, next)| go(line, next)))],
        "rust" => vec![with(first, pairs(trace).filter_map(|(line, next)| rust(line, next)))],
        _ => vec![first],
    };
    for exception in &mut exceptions {
        let over = exception.stack.len().saturating_sub(STACK_FRAMES_MAX);
        exception.stack.truncate(STACK_FRAMES_MAX);
        exception.truncated = (over > 0).then(|| i64::try_from(over).unwrap_or(i64::MAX));
    }
    exceptions
}

fn with(mut exception: Exception, frames: impl Iterator<Item = StackFrame>) -> Exception {
    exception.stack = frames.collect();
    exception
}

fn frame(label: &str, path: &str, line: Option<i64>) -> StackFrame {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    StackFrame { path: text(path), line, label: text(label) }
}

/// Path and line of `path:line` or, with a column that is left out, `path:line:column`.
fn place(text: &str) -> (&str, Option<i64>) {
    let number = |text: &str| text.parse::<i64>().ok();
    let Some((path, last)) = text.rsplit_once(':') else { return (text, None) };
    let Some(last) = number(last) else { return (text, None) };
    match path.rsplit_once(':').and_then(|(path, line)| Some((path, number(line)?))) {
        Some((path, line)) => (path, Some(line)),
        None => (path, Some(last)),
    }
}

/// Each line and the one after it.
fn pairs(trace: &str) -> impl Iterator<Item = (&str, &str)> {
    trace.lines().zip(trace.lines().skip(1))
}

/// `Type: message`, as most languages head their stacks.
fn headed(remote: bool, head: &str) -> Exception {
    let (kind, message) = head.split_once(": ").unwrap_or((head.trim_end_matches(':'), ""));
    Exception { kind: Some(kind.to_owned()), message: Some(message.to_owned()), remote, ..Exception::default() }
}

fn java(first: Exception, trace: &str) -> Vec<Exception> {
    let remote = first.remote;
    let mut done = Vec::new();
    let mut current = first;
    // The lines after `Caused by:` belong to its message until a frame comes.
    let mut in_message = false;
    for line in trace.lines().skip(1) {
        let frame = line.trim_start().strip_prefix("at ").and_then(java_frame);
        if let Some(frame) = frame {
            in_message = false;
            current.stack.push(frame);
        } else if let Some(head) = line.strip_prefix("Caused by: ") {
            current.cause = Some(String::new());
            done.push(std::mem::replace(&mut current, headed(remote, head)));
            in_message = true;
        } else if in_message && !line.trim_start().starts_with("... ") {
            let message = current.message.get_or_insert_default();
            message.push('\n');
            message.push_str(line);
        }
    }
    done.push(current);
    done
}

fn java_frame(text: &str) -> Option<StackFrame> {
    let (label, place_of) = text.strip_suffix(')')?.split_once('(')?;
    // A class loader or module stands before a slash.
    let label = label.rsplit_once('/').map_or(label, |(_, label)| label);
    let (path, line) = place(place_of);
    Some(frame(label, path, line))
}

fn python(first: Exception, trace: &str) -> Vec<Exception> {
    const SEPARATORS: [&str; 2] = [
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    ];
    let lines: Vec<&str> = trace.lines().collect();
    // What came first is told first; the exception itself is the last.
    let mut blocks = lines.split(|line| SEPARATORS.contains(line)).rev();
    let remote = first.remote;
    let frames = |block: &[&str]| -> Vec<StackFrame> { block.iter().rev().filter_map(|line| python_frame(line)).collect() };
    let mut done = vec![first];
    if let (Some(block), Some(exception)) = (blocks.next(), done.last_mut()) {
        exception.stack = frames(block);
    }
    for block in blocks {
        let last_frame = block.iter().rposition(|line| line.starts_with(' ')).map_or(0, |at| at + 1);
        let head = block[last_frame..].join("\n");
        if let Some(exception) = done.last_mut() {
            exception.cause = Some(String::new());
        }
        done.push(Exception { stack: frames(block), ..headed(remote, head.trim_end()) });
    }
    done
}

fn python_frame(line: &str) -> Option<StackFrame> {
    let (path, rest) = line.strip_prefix("  File \"")?.split_once("\", line ")?;
    let (number, label) = rest.split_once(", in ").unwrap_or((rest, ""));
    Some(frame(label, path, number.parse().ok()))
}

fn javascript(line: &str) -> Option<StackFrame> {
    let text = line.trim_start().strip_prefix("at ")?;
    let (label, place_of) = match text.strip_suffix(')').and_then(|text| text.split_once(" (")) {
        Some(parts) => parts,
        None => ("", text),
    };
    let (path, line) = place(place_of);
    Some(frame(label, path, line))
}

fn dotnet(line: &str) -> Option<StackFrame> {
    let text = line.trim().strip_prefix("at ")?;
    let Some((label, place_of)) = text.split_once(" in ") else { return Some(frame(text, "", None)) };
    match place_of.rsplit_once(":line ") {
        Some((path, line)) => Some(frame(label, path, line.parse().ok())),
        None => Some(frame(label, place_of, None)),
    }
}

fn go(line: &str, next: &str) -> Option<StackFrame> {
    let place_of = next.strip_prefix('\t')?.split(' ').next()?;
    let (path, number) = place(place_of);
    let label = line.strip_prefix("created by ").unwrap_or(line);
    // Arguments are addresses, which say nothing.
    let label = label.rsplit_once('(').map_or(label, |(label, _)| label);
    number.map(|number| frame(label, path, Some(number)))
}

/// A backtrace of the standard library: `3: function` and below it `at path:line:column`.
fn rust(line: &str, next: &str) -> Option<StackFrame> {
    let (number, label) = line.trim_start().split_once(": ")?;
    number.parse::<u32>().ok()?;
    let (path, line) = next.trim_start().strip_prefix("at ").map_or(("", None), place);
    Some(frame(label, path, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(language: &str, trace: &str) -> Vec<String> {
        let first = Exception { kind: Some("T".into()), message: Some("m".into()), ..Exception::default() };
        let show = |exception: Exception| {
            let frames = exception.stack.iter().map(|frame| {
                let text = |text: &Option<String>| text.clone().unwrap_or("-".into());
                format!("{} {} {}", text(&frame.label), text(&frame.path), frame.line.map_or("-".into(), |line| line.to_string()))
            });
            let caused = if exception.cause.is_some() { " <" } else { "" };
            format!("{}: {}{caused} | {}", exception.kind.unwrap(), exception.message.unwrap(), frames.collect::<Vec<_>>().join(" | "))
        };
        exceptions(first, trace, language).into_iter().map(show).collect()
    }

    #[test]
    fn stacks_of_each_language_are_read() {
        let java = "T: m\n\tat app//com.a.B.c(B.java:12)\n\tat d.E.f(Native Method)\nCaused by: java.io.E: first\nsecond\n\tat g.H.i(H.java:3)\n\t... 3 more";
        assert_eq!(
            shown("java", java),
            ["T: m < | com.a.B.c B.java 12 | d.E.f Native Method -", "java.io.E: first\nsecond | g.H.i H.java 3"]
        );
        let python = "Traceback (most recent call last):\n  File \"/a.py\", line 1, in f\n    g()\n  File \"/b.py\", line 2, in g\n    1/0\nZeroDivisionError: by\nzero\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"/a.py\", line 5, in <module>\n    h()\nT: m\n";
        assert_eq!(shown("python", python), ["T: m < | <module> /a.py 5", "ZeroDivisionError: by\nzero | g /b.py 2 | f /a.py 1"]);
        let javascript = "T: m\n    at f (/a.js:1:2)\n    at node:internal/b:3:4\n    at native";
        assert_eq!(shown("nodejs", javascript), ["T: m | f /a.js 1 | - node:internal/b 3 | - native -"]);
        let dotnet = "T: m\n   at A.B(String c) in /a b.cs:line 7\n   at D.E()";
        assert_eq!(shown("dotnet", dotnet), ["T: m | A.B(String c) /a b.cs 7 | D.E() - -"]);
        let go = "goroutine 1 [running]:\nmain.f(0x1, {0x2})\n\t/a.go:5 +0x1d\nmain.main()\n\t/a.go:9 +0x2";
        assert_eq!(shown("go", go), ["T: m | main.f /a.go 5 | main.main /a.go 9"]);
        let rust = "   0: a::b\n             at /a.rs:1:2\n   1: c::d\n             at /c.rs:3:4\n";
        assert_eq!(shown("rust", rust), ["T: m | a::b /a.rs 1 | c::d /c.rs 3"]);
        assert_eq!(shown("cobol", "anything"), ["T: m | "]);
    }

    #[test]
    fn what_is_no_stack_is_none() {
        for language in ["java", "python", "nodejs", "dotnet", "go", "rust"] {
            for trace in ["", "\n", "at ", "\tat (", "  File \"", "Caused by: ", "::::", "é\n\té:1", "0: \nat :"] {
                let _ = shown(language, trace);
            }
        }
        let many = format!("x\n{}", "\tat a.b(C.java:1)\n".repeat(STACK_FRAMES_MAX + 7));
        let read = exceptions(Exception::default(), &many, "java");
        assert_eq!((read[0].stack.len(), read[0].truncated), (STACK_FRAMES_MAX, Some(7)));
    }
}
