use std::sync::Arc;

use xray_model::document::Document;

use super::*;
use crate::settings::{ANNOTATIONS_INDEXED_MAX, SERVICES_MAX, Settings};
use crate::store::{Packed, Store};

/// Facts of documents that are written shorter: `T1` is a trace id, `#5` the id of a segment, `@3,7` a start and an end in seconds, `@3` the
/// start of what is in progress, and quotes are single ones.
pub(crate) fn facts_of<'a>(documents: impl IntoIterator<Item = &'a str>) -> Vec<Arc<Facts>> {
    let mut store = Store::new(&Settings::default());
    for short in documents {
        let json = written_out(short);
        let document = Document::parse(json.as_bytes()).unwrap_or_else(|error| panic!("{error}: {json}"));
        store.insert(document, Packed::new(json.as_bytes()), crate::clock::now());
    }
    store.facts_between(Timestamp::default()..=Timestamp::from_nanos(u64::MAX))
}

pub(crate) fn written_out(short: &str) -> String {
    let mut json = String::new();
    let mut rest = short;
    let number = |text: &str| text.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(text.len());
    while let Some(at) = rest.find(['T', '#', '@', '\'']) {
        json.push_str(&rest[..at]);
        let (sign, after) = (&rest[at..=at], &rest[at + 1..]);
        let end = number(after);
        let digits = &after[..end];
        rest = &after[end..];
        match sign {
            "'" => {
                rest = {
                    json.push('"');
                    after
                }
            }
            "T" if !digits.is_empty() => json.push_str(&format!("\"trace_id\":\"1-00000001-{:024x}\"", digits.parse::<u64>().unwrap())),
            "#" if !digits.is_empty() => json.push_str(&format!("{:016x}", digits.parse::<u64>().unwrap())),
            "@" if !digits.is_empty() => {
                json.push_str(&format!("\"start_time\":{digits},"));
                match rest.strip_prefix(',').filter(|more| number(more) > 0) {
                    Some(more) => {
                        json.push_str(&format!("\"end_time\":{}", &more[..number(more)]));
                        rest = &more[number(more)..];
                    }
                    None => json.push_str("\"in_progress\":true"),
                }
            }
            sign => {
                rest = {
                    json.push_str(sign);
                    after
                }
            }
        }
    }
    json + rest
}

/// All services in one line each: `name:type <- caller`, `?` for inferred ones, `*` for those that a client called.
fn services(facts: &Facts) -> String {
    let line = |service: &Service| {
        let kind = if service.kind.is_empty() { String::new() } else { format!(":{}", service.kind) };
        let caller = service.caller.map(|caller| format!(" <- {}", facts.services[caller as usize].name)).unwrap_or_default();
        let marks = [(service.is_inferred, "?"), (service.is_entry, "*")].map(|(is, mark)| if is { mark } else { "" }).concat();
        format!("{}{kind}{marks}{caller}", service.name)
    };
    facts.services.iter().map(line).collect::<Vec<_>>().join("; ")
}

fn one<'a>(documents: impl IntoIterator<Item = &'a str>) -> Arc<Facts> {
    let mut facts = facts_of(documents);
    assert_eq!(facts.len(), 1);
    facts.remove(0)
}

const SHOP: &str = "{'name':'shop','id':'#1',T1,@10,20,'origin':'AWS::EC2::Instance'}";
const CALL: &str = "{'type':'subsegment','name':'Lambda','id':'#2','parent_id':'#1',T1,@11,15,'namespace':'aws',
     'aws':{'operation':'Invoke','function_name':'charge'}}";
const CHARGE: &str = "{'name':'charge','id':'#3','parent_id':'#2',T1,@12,14,'origin':'AWS::Lambda'}";
const FUNCTION: &str = "{'name':'charge','id':'#4','parent_id':'#3',T1,@12.5,13.5,'origin':'AWS::Lambda::Function'}";
const TABLE: &str = "{'type':'subsegment','name':'DynamoDB','id':'#5','parent_id':'#4',T1,@12.6,13,'namespace':'aws',
     'aws':{'operation':'GetItem','table_name':'cards','account_id':'77'}}";

#[test]
fn services_are_the_same_in_any_order_of_arrival() {
    let expected = "shop:AWS::EC2::Instance*; charge:AWS::Lambda <- shop; charge:AWS::Lambda::Function <- charge; \
                    cards:AWS::DynamoDB::Table? <- charge";
    let mut documents = [SHOP, CALL, CHARGE, FUNCTION, TABLE];
    let first = one(documents);
    assert_eq!(services(&first), expected);
    assert_eq!(first.services[3].account.as_deref(), Some("77"));
    // Each rotation, forwards and backwards.
    for _ in 0..documents.len() {
        documents.rotate_left(1);
        assert_eq!(one(documents), first);
        assert_eq!(one(documents.into_iter().rev()), first);
    }
}

#[test]
fn what_arrives_replaces_what_was_inferred() {
    assert_eq!(services(&one([SHOP, CALL])), "shop:AWS::EC2::Instance*; charge:AWS::Lambda? <- shop");
    let facts = one([SHOP, CALL, CHARGE]);
    assert_eq!(services(&facts), "shop:AWS::EC2::Instance*; charge:AWS::Lambda <- shop");
    // The service has its own times, the call those of its caller.
    let (service, call) = (&facts.services[1], facts.services[1].call.unwrap());
    assert_eq!((service.duration().unwrap().as_secs(), call.duration().unwrap().as_secs()), (2, 4));
    // A segment that was called by a segment has no call that the caller saw.
    let facts = one([SHOP, CALL, CHARGE, FUNCTION]);
    assert_eq!(facts.services[2].call.unwrap().duration().unwrap().as_secs(), 1);
}

#[test]
fn parts_stand_for_what_has_not_arrived() {
    // The caller's segment is missing: what was called is known all the same, and that no client called it.
    assert_eq!(services(&one([CALL])), "charge:AWS::Lambda?");
    assert_eq!(services(&one([CALL, CHARGE])), "charge:AWS::Lambda");
    assert_eq!(
        services(&one([TABLE, FUNCTION, CHARGE])),
        "charge:AWS::Lambda*; charge:AWS::Lambda::Function <- charge; cards:AWS::DynamoDB::Table? <- charge"
    );
    // As on Lambda, where the segment is not the program's to send.
    let handler = "{'type':'subsegment','name':'## handler','id':'#6','parent_id':'#9',T1,@12,13,'subsegments':[
         {'name':'SQS','id':'#7','@12.1,12.2'}]}"
        .replace("'@12.1,12.2'", "@12.1,12.2,'namespace':'aws','aws':{'queue_url':'https://sqs/1/orders'}");
    let facts = one([handler.as_str(), TABLE]);
    assert_eq!(services(&facts), "## handler; https://sqs/1/orders:AWS::SQS::Queue? <- ## handler; cards:AWS::DynamoDB::Table?");
    assert!(facts.is_partial && !facts.is_complete && facts.response_time.is_none());
    // Of a client that is traced itself nothing may ever arrive; the first segment is where we see the trace begin.
    let orphans = ["{'name':'b','id':'#2','parent_id':'#8',T1,@2,3}", "{'name':'a','id':'#1','parent_id':'#9',T1,@1,5}"];
    assert_eq!(services(&one(orphans)), "a*; b");
    // Two requests of one browser.
    let roots = ["{'name':'a','id':'#1',T1,@1,5}", "{'name':'b','id':'#2',T1,@2,3}"];
    assert_eq!(services(&one(roots)), "a*; b*");
}

#[test]
fn in_progress_then_complete() {
    let open = "{'name':'shop','id':'#1',T1,@10,'subsegments':[{'name':'api.example.com','id':'#2',@11,'namespace':'remote','http':{'request':{'method':'GET','url':'https://api.example.com/a/17?x=1'}}}]}";
    let done = "{'name':'shop','id':'#1',T1,@10,13,'fault':true,'subsegments':[{'name':'api.example.com','id':'#2',@11,15,'namespace':'remote','http':{'request':{'method':'GET','url':'https://api.example.com/a/17?x=1'},'response':{'status':503}}}]}";
    let facts = one([open]);
    assert_eq!(services(&facts), "shop*; api.example.com:remote? <- shop");
    assert!(facts.is_partial && facts.services.iter().all(|service| service.duration().is_none()));
    for documents in [[open, done], [done, open]] {
        let facts = one(documents);
        assert_eq!((facts.is_partial, facts.status, facts.services[1].status), (false, Status::Fault, Status::Fault));
        assert_eq!(facts.services[1].operation.as_deref(), Some("GET /a/*"));
        // The call went on after the response: not in the response time, but in the work.
        assert_eq!(facts.services[0].duration().unwrap().as_secs(), 3);
        assert_eq!(facts.services[0].work_end.since(facts.services[0].start).as_secs(), 5);
    }
}

#[test]
fn calls_that_are_answered_twice() {
    let again = "{'name':'charge','id':'#6','parent_id':'#2',T1,@13,14,'origin':'AWS::Lambda'}";
    let other = "{'name':'fraud','id':'#7','parent_id':'#2',T1,@13,14}";
    let facts = one([again, other, SHOP, CALL, CHARGE]);
    assert_eq!(services(&facts), "shop:AWS::EC2::Instance*; charge:AWS::Lambda <- shop; charge:AWS::Lambda <- shop; fraud <- shop");
    let is_again: Vec<_> = facts.services[1..].iter().map(|service| service.call.unwrap().is_again).collect();
    assert_eq!(is_again, [false, true, false]);
    let alias = facts.services[3].alias.clone().unwrap();
    assert_eq!((&*alias.0, &*alias.1), ("charge", "AWS::Lambda"));
    assert_eq!(facts.services[1].alias, None);
}

#[test]
fn names_and_types_of_what_is_called() {
    let cases = [
        ("'name':'DynamoDB','namespace':'aws','aws':{'operation':'Scan','table_name':'t'}", "t:AWS::DynamoDB::Table", Some("Scan")),
        ("'name':'DynamoDB','namespace':'aws','aws':{'operation':'ListTables'}", "DynamoDB:AWS::DynamoDB", Some("ListTables")),
        ("'name':'dynamodb','namespace':'aws','aws':{'table_name':''}", "dynamodb:AWS::dynamodb", None),
        ("'name':'SQS','namespace':'aws','aws':{'queue_url':'https://q'}", "https://q:AWS::SQS::Queue", None),
        ("'name':'SNS','namespace':'aws','aws':{'topic_arn':'arn:t'}", "arn:t:AWS::SNS::Topic", None),
        ("'name':'S3','namespace':'aws','aws':{'bucket_name':'b','key':'k'}", "b:AWS::S3::Bucket", None),
        ("'name':'S3','namespace':'aws','aws':{'table_name':'not of S3'}", "S3:AWS::S3", None),
        ("'name':'Secrets Manager','namespace':'aws','aws':{'secret_id':'s'}", "s:AWS::SecretsManager::Secret", None),
        ("'name':'Lambda','namespace':'aws','aws':{'function_name':7}", "Lambda:AWS::Lambda", None),
        ("'name':'a.example','namespace':'remote'", "a.example:remote", None),
        ("'name':'orders@db','namespace':'remote','sql':{'sanitized_query':' select * from t'}", "orders@db:Database::SQL", Some("SELECT")),
        ("'name':'orders@db','namespace':'remote','sql':{'sanitized_query':'/* x */'}", "orders@db:Database::SQL", None),
        ("'name':'work'", "", None),
        ("'name':'odd','namespace':'local'", "", None),
    ];
    for (fields, expected, operation) in cases {
        let document = format!("{{'name':'s','id':'#1',T1,@1,5,'subsegments':[{{'id':'#2',@2,3,{fields}}}]}}");
        let facts = one([document.as_str()]);
        let found = facts.services.get(1).map(|service| format!("{}:{}", service.name, service.kind)).unwrap_or_default();
        assert_eq!(found, expected, "{fields}");
        assert_eq!(facts.services.get(1).and_then(|service| service.operation.as_deref()), operation, "{fields}");
    }
}

#[test]
fn paths_of_a_kind_are_one_operation() {
    let cases = [
        ("https://a/", "/"),
        ("https://a", "/"),
        ("https://a?x/y", "/"),
        ("/plain/7", "/plain/*"),
        ("https://a/v1/orders", "/v1/orders"),
        ("https://a/orders/6e0a8f2c-1111-4222-8333-444455556666/lines#x", "/orders/*/lines"),
        ("https://a/cafe/dead", "/cafe/dead"),
        ("https://a/deadbeefcafe1234", "/*"),
        ("https://a/2024-reports-of-all", "/2024-reports-of-all"),
        ("", "/"),
    ];
    for (url, expected) in cases {
        let document = format!("{{'name':'s','id':'#1',T1,@1,5,'http':{{'request':{{'url':'{url}'}}}}}}");
        assert_eq!(one([document.as_str()]).services[0].operation.as_deref(), Some(expected), "{url}");
    }
}

#[test]
fn links_name_the_service_that_was_led_to() {
    let link = |trace: u32, id: &str| written_out(&format!("{{T{trace}{id}}}"));
    let own = link(2, "");
    let links = [link(1, ",'id':'#5'"), link(1, ",'id':'#5'"), link(3, ""), own].join(",");
    let document = written_out("{'name':'worker','id':'#1',T2,@30,31,'links':[LINKS]}").replace("LINKS", &links);
    let facts = one([document.as_str()]);
    let found: Vec<_> =
        facts.links.iter().map(|link| (link.trace.to_bits() & 0xff, link.id.map(SegmentId::to_bits), link.service)).collect();
    assert_eq!(found, [(1, Some(5), 0), (3, None, 0)]);
}

#[test]
fn announced_segments_are_missed_until_they_arrive() {
    let call =
        "{'type':'subsegment','name':'pay','id':'#2','parent_id':'#1',T1,@11,12,'namespace':'remote','http':{'request':{'traced':true}}}";
    let callee = "{'name':'pay','id':'#3','parent_id':'#2',T1,@11.1,11.9}";
    assert!(one([SHOP, call]).is_partial);
    assert!(!one([SHOP, call, callee]).is_partial);
}

#[test]
fn quotas_are_kept() {
    let annotations: Vec<_> = (0..60).map(|number| format!("'k{number}':{number}")).collect();
    let document = format!("{{'name':'s','id':'#1',T1,@1,5,'annotations':{{{}}}}}", annotations.join(","));
    let facts = one([document.as_str()]);
    assert_eq!(facts.annotations.len(), ANNOTATIONS_INDEXED_MAX);
    // The same again, in a subsegment, is none more.
    let both = "{'name':'s','id':'#1',T1,@1,5,'annotations':{'a':1,'b':'x','c':true,'d':null,'e':[1]},'subsegments':[{'name':'i','id':'#2',@2,3,'annotations':{'a':1,'b':'y'}}]}";
    let facts = one([both]);
    let found: Vec<_> = facts.annotations.iter().map(|annotation| format!("{}={}", annotation.key, annotation.value.text())).collect();
    assert_eq!(found, ["a=1", "b=x", "c=true", "b=y"]);

    let calls: Vec<_> = (2..1_500).map(|id| format!("{{'name':'h{id}','id':'#{id}',@2,3,'namespace':'remote'}}")).collect();
    let document = format!("{{'name':'s','id':'#1',T1,@1,5,'subsegments':[{}]}}", calls.join(","));
    let facts = one([document.as_str()]);
    assert_eq!((facts.services.len(), facts.services_left_out), (SERVICES_MAX, 499));
}

#[test]
fn exceptions_and_their_causes() {
    let document = "{'name':'s','id':'#1',T1,@1,5,'fault':true,'cause':'#8','subsegments':[{'name':'inner','id':'#2',@2,3,'fault':true,'cause':{'exceptions':[
        {'id':'#8','type':'OrderError','message':'no tea','cause':'#9','stack':[{'path':'src/a.rs','line':7,'label':'f'},{'path':'b','line':1}]},
        {'id':'#9','type':'Timeout'}]}}]}";
    let facts = one([document]);
    let found: Vec<_> = facts.exceptions.iter().map(|exception| (&*exception.kind, &*exception.site, exception.is_cause)).collect();
    assert_eq!(found, [("OrderError", "src/a.rs:7", false), ("Timeout", "inner", true)]);
}

#[test]
fn figures_and_levels() {
    let document = "{'name':'s','id':'#1',T1,@1,5,
        'annotations':{'Revenue':49.5,'metric.items':3,'business.orders':1,'other':4,'sla.operation':'checkout','sla.target_ms':300,'sla.actual_ms':400.5,'sla.violated':true},
        'metadata':{'metrics':{'Revenue':{'value':49.5,'unit':'None','dimensions':{'country':'de','item':'tea'}}}},
        'subsegments':[{'name':'i','id':'#2',@2,3,'annotations':{'Revenue':49.5,'Size':2,'sla.operation':'pay','sla.target_ms':300,'sla.actual_ms':-1},
        'metadata':{'metrics':{'Revenue':{'unit':'None'},'Size':{'unit':'Bytes'}}}}]}";
    let facts = one([document]);
    let found: Vec<_> =
        facts.figures.iter().map(|figure| format!("{} {}{} {}", figure.name, figure.value, figure.unit, figure.dimensions)).collect();
    assert_eq!(found, ["Revenue 49.5 country=de item=tea", "orders 1 ", "items 3 ", "Revenue 49.5 ", "Size 2Bytes "]);
    let levels: Vec<_> =
        facts.levels.iter().map(|level| (&*level.operation, level.actual.map(|time| time.as_micros()), level.is_violated)).collect();
    assert_eq!(levels, [("checkout", Some(400_500), true), ("pay", None, false)]);
}

#[test]
fn a_chain_of_calls_of_any_depth_takes_no_stack() {
    let work = || {
        let documents: Vec<_> = (1..=10_000)
            .map(|id| match id {
                1 => "{'name':'s','id':'#1',T1,@1,5}".to_owned(),
                id => format!("{{'type':'subsegment','name':'h','id':'#{id}','parent_id':'#{}',T1,@2,3,'namespace':'remote'}}", id - 1),
            })
            .collect();
        let facts = one(documents.iter().rev().map(String::as_str));
        assert_eq!((facts.segments, facts.services.len(), facts.services_left_out), (10_000, SERVICES_MAX, 9_000));
        assert!(facts.services[1..].iter().all(|service| service.caller == Some(0)));
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap().join().unwrap();
}
