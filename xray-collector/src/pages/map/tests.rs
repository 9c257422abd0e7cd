use super::*;
use crate::facts::tests::facts_of;

fn page_of(documents: &[String], query: &str) -> String {
    let facts = facts_of(documents.iter().map(String::as_str));
    let graph = ServiceGraph::of(&facts);
    let query = Query::parse(query);
    let scope = Scope::of(&query);
    let seen = Seen {
        scope: &scope,
        facts: &facts,
        graph: &graph,
        minutes: 1.0,
        chosen: chosen(&graph, &query),
        is_whole: query.get("size") == Some(WHOLE),
    };
    let detail = seen.chosen.map(|chosen| detail::panel(&seen, chosen).into_string()).unwrap_or_default();
    draw::picture(&seen).into_string() + &tables::tables(&seen).into_string() + &notes(&seen).into_string() + &detail
}

const HOSTILE: &str = "{'name':'<script>alert(1)</script>\\u202e\\\"x','id':'#1',T1,@1,2,'origin':'AWS::<b>','subsegments':[{'name':'u\\\" onload=x','id':'#2',@1,2,'namespace':'remote','fault':true}]}";

#[test]
fn hostile_names_are_text() {
    let page = page_of(&[HOSTILE.to_owned()], "node=u%22%20onload%3Dx&type=remote");
    assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("\" onload") && !page.contains('\u{202e}'), "{page}");
    assert!(page.contains("&lt;script&gt;") && page.contains("id=\"detail\""));
    // No style or script stands in the page.
    assert!(!page.contains(" style=") && !page.contains(" onclick"));
}

#[test]
fn every_node_and_edge_leads_on() {
    let documents = [
        "{'name':'shop','id':'#1',T1,@1,5,'subsegments':[{'name':'f','id':'#2',@1,2,'namespace':'remote'},{'name':'Lambda','id':'#3',@2,4,'namespace':'aws','aws':{'function_name':'f'}}]}".to_owned(),
    ];
    let page = page_of(&documents, "");
    // Two are called `f`, so the type is said; the shop is the only one of its name.
    let links = [
        "/traces?filter=edge%28%22shop%22%2C+id%28name%3A+%22f%22%2C+type%3A+%22remote%22%29%29",
        "/traces?filter=service%28%22shop%22%29+%7B+root+%7D",
        "/map?node=f&amp;type=AWS%3A%3ALambda",
        "/map?node=shop&quot;",
    ];
    for link in &links[..3] {
        assert!(page.contains(link), "{link} in {page}");
    }
    assert!(!page_of(&documents, "node=nobody").contains("id=\"detail\""));
    // An address that was typed has the name only.
    assert!(page_of(&documents, "node=f").contains("id=\"detail\""));
}

#[test]
fn rings_show_shares_and_even_the_rare() {
    let mut of = Statistics::default();
    (0..10_000).for_each(|_| of.add(crate::query::Status::Ok, std::time::Duration::ZERO));
    assert_eq!(draw::arcs(&of).matches("<circle").count(), 2);
    of.add(crate::query::Status::Fault, std::time::Duration::ZERO);
    let arcs = draw::arcs(&of);
    assert!(arcs.contains("ring fault") && arcs.contains("stroke-dasharray=\"3.00 97.00\""), "{arcs}");
    assert_eq!(draw::arcs(&Statistics::default()).matches("<circle").count(), 1);
}

#[test]
fn many_nodes_are_drawn_and_those_left_out_are_told() {
    let call = |id: u32| format!("{{'name':'n{id}','id':'#{id}',@2,3,'namespace':'remote'}}");
    let document = format!("{{'name':'s','id':'#1',T1,@1,5,'subsegments':[{}]}}", (2..502).map(call).collect::<Vec<_>>().join(","));
    let page = page_of(&[document], "");
    assert_eq!(page.matches("class=\"node\"").count(), crate::settings::NODES_DRAWN_MAX);
    assert!(page.contains("102 services that are asked least are not drawn"));
}
