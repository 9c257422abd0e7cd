//! Requests: API Gateway, load balancers, function URLs, VPC Lattice, AppSync.
//!
//! Sources: "Working with Lambda proxy integrations" for REST, HTTP and WebSocket APIs, "Input to an API Gateway Lambda authorizer", "Using
//! Lambda functions as targets" (load balancers, VPC Lattice), "Invoking Lambda function URLs", "Resolver context" of AppSync.

use super::picked::Picked;
use super::{Event, arn};

/// Longest method that is said. Clients can send any word.
const METHOD_BYTES_MAX: usize = 20;

pub(super) fn rest_api(event: &Picked) -> Option<Event> {
    let route = event.text("requestContext/resourcePath").or(event.text("resource"))?;
    let method = event.text("requestContext/httpMethod")?;
    let is_api = event.has("requestContext/apiId") && event.has("httpMethod");
    // HTTP APIs can send the same format, in which only resources of REST APIs have ids.
    let is_http_api = event.is("version", "1.0") && !event.has("requestContext/resourceId");
    let source = if is_http_api { "api-gateway-http" } else { "api-gateway-rest" };
    is_api.then(|| of_api(event, source, Some(method), Some(route)))
}

pub(super) fn http_api(event: &Picked) -> Option<Event> {
    let method = v2_method(event)?;
    let route = event.text("routeKey").or(event.text("requestContext/routeKey"));
    event.text("requestContext/apiId")?;
    Some(of_api(event, "api-gateway-http", Some(method), route))
}

pub(super) fn function_url(event: &Picked) -> Option<Event> {
    let method = v2_method(event)?;
    let is_url = event.text("requestContext/domainName")?.contains(".lambda-url.");
    is_url.then(|| of_request("function-url", Some(method)))
}

/// The method of a request in version 2 of the payload format, which HTTP APIs and function URLs send.
fn v2_method(event: &Picked) -> Option<&str> {
    event.text("requestContext/http/method").filter(|_| event.is("version", "2.0"))
}

pub(super) fn websocket(event: &Picked) -> Option<Event> {
    let kind = event.text("requestContext/eventType").filter(|kind| ["CONNECT", "MESSAGE", "DISCONNECT"].contains(kind))?;
    let route = event.text("requestContext/routeKey").filter(|_| event.has("requestContext/connectionId"))?;
    Some(
        Event::of("api-gateway-websocket")
            .name(Some(kind))
            .operation((route != "$default").then(|| route.to_owned()))
            .annotate("api_id", event.text("requestContext/apiId"))
            .annotate("stage", event.text("requestContext/stage")),
    )
}

/// The ARN names the API, the stage, the method and the path that was asked for, which is not said.
pub(super) fn authorizer(event: &Picked) -> Option<Event> {
    let kind = event.text("type").filter(|kind| ["TOKEN", "REQUEST"].contains(kind))?;
    let resource = arn::resource(event.text("methodArn").or(event.text("routeArn")), "execute-api")?;
    let mut parts = resource.split('/');
    let (api, stage, arn_method) = (parts.next(), parts.next(), parts.next());
    let method = event.text("requestContext/http/method").or(event.text("requestContext/httpMethod")).or(arn_method);
    let method = method.and_then(known_method);
    let route = event.text("requestContext/resourcePath").or(event.text("routeKey")).and_then(template);
    Some(
        Event::of("api-gateway-authorizer")
            .name(Some(kind))
            .operation(operation(method, route))
            .annotate("http_method", method)
            .annotate("http_route", route)
            .annotate("api_id", api)
            .annotate("stage", stage),
    )
}

pub(super) fn load_balancer(event: &Picked) -> Option<Event> {
    let group = event.text("requestContext/elb/targetGroupArn")?;
    let request = of_request("alb", event.text("httpMethod"));
    Some(request.annotate("target_group", arn::name(Some(group), "elasticloadbalancing")))
}

pub(super) fn lattice(event: &Picked) -> Option<Event> {
    let part = |path| arn::name(event.text(path), "vpc-lattice");
    let service = part("requestContext/serviceArn")?;
    Some(
        of_request("vpc-lattice", event.text("method"))
            .annotate("lattice_service", service)
            .annotate("service_network", part("requestContext/serviceNetworkArn"))
            .annotate("target_group", part("requestContext/targetGroupArn")),
    )
}

pub(super) fn lattice_v1(event: &Picked) -> Option<Event> {
    let method = event.text("method").filter(|_| event.has("raw_path") && event.has("is_base64_encoded"))?;
    Some(of_request("vpc-lattice", Some(method)))
}

/// A resolver, called directly. Behind a mapping template the event is whatever the template makes.
pub(super) fn appsync(event: &Picked) -> Option<Event> {
    let (field, parent) = (event.text("info/fieldName")?, event.text("info/parentTypeName")?);
    let kind = ["query", "mutation", "subscription"].into_iter().find(|kind| parent.eq_ignore_ascii_case(kind));
    let is_resolver = event.has("info/selectionSetList");
    is_resolver.then(|| Event::of("appsync").name(Some(&format!("{parent}.{field}"))).operation(kind.map(String::from)))
}

pub(super) fn appsync_authorizer(event: &Picked) -> Option<Event> {
    let is_authorizer = event.has("authorizationToken") && event.has("requestContext/queryString");
    let api = event.text("requestContext/apiId").filter(|_| is_authorizer)?;
    Some(Event::of("appsync").name(Some("authorizer")).annotate("api_id", api))
}

/// A handler of an Event API's channels.
pub(super) fn appsync_channel(event: &Picked) -> Option<Event> {
    let operation = event.text("info/operation").filter(|operation| ["PUBLISH", "SUBSCRIBE"].contains(operation))?;
    let namespace = event.text("info/channelNamespace/name")?;
    Some(Event::of("appsync").name(Some(operation)).annotate("channel_namespace", namespace))
}

fn of_request(source: &'static str, method: Option<&str>) -> Event {
    let method = method.and_then(known_method);
    Event::of(source).name(method).annotate("http_method", method)
}

fn of_api(event: &Picked, source: &'static str, method: Option<&str>, route: Option<&str>) -> Event {
    let route = route.and_then(template);
    of_request(source, method)
        .operation(operation(method.and_then(known_method), route))
        .annotate("http_route", route)
        .annotate("api_id", event.text("requestContext/apiId"))
        .annotate("stage", event.text("requestContext/stage"))
}

fn known_method(method: &str) -> Option<&str> {
    let is_word = method.len() <= METHOD_BYTES_MAX && method.bytes().all(|byte| byte.is_ascii_uppercase());
    is_word.then_some(method)
}

/// The template of a route's path, `/orders/{id}`, without the method that keys of routes begin with. The default route has none.
fn template(route: &str) -> Option<&str> {
    let path = route.split_once(' ').map_or(route, |(_method, path)| path);
    path.starts_with('/').then_some(path)
}

fn operation(method: Option<&str>, route: Option<&str>) -> Option<String> {
    Some(format!("{} {}", method?, route?))
}
