//! Documents of a shop, as its services would send them: about 1 KB each, with a few subsegments, an HTTP block and annotations.
//!
//! Made from templates in which only ids, times and a few values differ, so that sending costs the sender little.

/// Services of the shop, in the order in which they call each other.
const SERVICES: [(&str, &str, &str, &str); 5] = [
    ("shop-web", "AWS::ECS::Container", "GET", "/orders/"),
    ("orders", "AWS::ECS::Container", "POST", "/v1/orders/"),
    ("payments", "AWS::Lambda::Function", "POST", "/v1/charge/"),
    ("stock", "AWS::ECS::Container", "PUT", "/items/"),
    ("mail", "AWS::EC2::Instance", "POST", "/send/"),
];

/// What stands where an id belongs: `#` and the number of the id, as long as the id.
const ID: usize = 16;
const RANDOM: usize = 24;
const SECONDS: usize = 10;
const MICROS: usize = 6;
const NUMBER: usize = 6;

/// The documents of one trace.
pub struct Shop {
    templates: Vec<Template>,
}

struct Template {
    text: Vec<u8>,
    blanks: Vec<(usize, Blank)>,
}

#[derive(Clone, Copy)]
enum Blank {
    /// The first part of the trace id.
    Epoch,
    /// The second.
    Random,
    /// A segment's id: which one of the trace.
    Id(u64),
    Seconds,
    /// After the point: how many microseconds after the trace began.
    Micros(u64),
    /// An order's number, or a customer's: one of so many.
    Number(u64),
}

impl Shop {
    /// Traces of so many documents each.
    pub fn new(documents: usize) -> Self {
        Self { templates: (0..documents).map(template).collect() }
    }

    /// Writes a document, with the daemon's header, for the trace of this number.
    pub fn write(&self, number: u64, into: &mut Vec<u8>) {
        let (trace, index) = (number / self.templates.len() as u64, number % self.templates.len() as u64);
        let template = &self.templates[index as usize];
        into.clear();
        into.extend_from_slice(&template.text);
        // A thousand traces a second.
        let (seconds, micros) = (1_790_000_000 + trace / 1_000, trace % 1_000 * 500);
        for &(at, blank) in &template.blanks {
            match blank {
                Blank::Epoch => hex(&mut into[at..at + 8], seconds),
                Blank::Random => {
                    hex(&mut into[at..at + 8], mixed(trace));
                    hex(&mut into[at + 8..at + RANDOM], mixed(trace ^ 0xabcd_ef01));
                }
                Blank::Id(id) => hex(&mut into[at..at + ID], mixed(trace << 8 | id) | 1),
                Blank::Seconds => decimal(&mut into[at..at + SECONDS], seconds),
                Blank::Micros(after) => decimal(&mut into[at..at + MICROS], micros + after + mixed(trace << 8 | after) % 7_000),
                Blank::Number(of) => decimal(&mut into[at..at + NUMBER], 100_000 + mixed(trace ^ of) % of),
            }
        }
    }
}

fn template(index: usize) -> Template {
    let (name, origin, method, path) = SERVICES[index % SERVICES.len()];
    let own = 10 * index as u64;
    let mut text = b"{\"format\":\"json\",\"version\":1}\n".to_vec();
    let mut blanks = Vec::new();
    let parent = if index == 0 { String::new() } else { format!("\"parent_id\":\"<id {}>\",", own - 10 + 3) };
    let step = 2_000 * index as u64;
    let work = |id: u64, name: &str, from: u64, to: u64, more: &str| {
        format!(
            "{{\"id\":\"<id {}>\",\"name\":\"{name}\",\"start_time\":<seconds>.<micros {}>,\"end_time\":<seconds>.<micros {}>{more}}}",
            own + id,
            step + 10_000 * from,
            step + 10_000 * to
        )
    };
    let form = format!(
        "{{\"name\":\"{name}\",\"id\":\"<id {own}>\",\"trace_id\":\"1-<epoch>-<random>\",{parent}\"start_time\":<seconds>.<micros {step}>,\
         \"end_time\":<seconds>.<micros {}>,\"origin\":\"{origin}\",\"http\":{{\"request\":{{\"method\":\"{method}\",\
         \"url\":\"http://{name}.local{path}<number 9000>\"}},\"response\":{{\"status\":200}}}},\
         \"annotations\":{{\"order\":<number 9000>,\"customer\":\"c<number 7000>\",\"tier\":\"gold\"}},\"subsegments\":[{},{},{}]}}",
        step + 250_000,
        work(1, "validate", 1, 2, ""),
        work(
            2,
            "DynamoDB",
            3,
            6,
            ",\"namespace\":\"aws\",\"aws\":{\"operation\":\"GetItem\",\"region\":\"eu-west-1\",\"table_name\":\"orders\",\
             \"request_id\":\"<random>\"},\"http\":{\"response\":{\"status\":200}}"
        ),
        work(
            3,
            SERVICES[(index + 1) % SERVICES.len()].0,
            7,
            20,
            ",\"namespace\":\"remote\",\"http\":{\"request\":{\"method\":\"POST\",\"url\":\"http://next.local/v1/<number 9000>\"},\
             \"response\":{\"status\":200}}"
        ),
    );
    let mut rest = form.as_str();
    while let Some((before, blank)) = rest.split_once('<') {
        text.extend_from_slice(before.as_bytes());
        let (blank, after) = blank.split_once('>').expect("a blank has an end");
        let (kind, number) = blank.split_once(' ').unwrap_or((blank, "0"));
        let number = number.parse().expect("a number");
        let (blank, length) = match kind {
            "epoch" => (Blank::Epoch, 8),
            "random" => (Blank::Random, RANDOM),
            "id" => (Blank::Id(number), ID),
            "seconds" => (Blank::Seconds, SECONDS),
            "micros" => (Blank::Micros(number), MICROS),
            "number" => (Blank::Number(number), NUMBER),
            other => panic!("no blank called {other}"),
        };
        blanks.push((text.len(), blank));
        text.resize(text.len() + length, b'0');
        rest = after;
    }
    text.extend_from_slice(rest.as_bytes());
    Template { text, blanks }
}

/// Spreads numbers over 64 bits.
fn mixed(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

fn hex(into: &mut [u8], mut number: u64) {
    for digit in into.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(number & 15) as usize];
        number >>= 4;
    }
}

fn decimal(into: &mut [u8], mut number: u64) {
    for digit in into.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}
