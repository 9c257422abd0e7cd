//! Root causes, as trace summaries have them.

use serde_json::{Value, json};

use crate::rootcause::{CauseService, Entity, RootCause, RootCauses};
use crate::trace::Trace;

/// Adds the root causes of a trace to its summary.
pub(super) fn add(summary: &mut Value, trace: Option<Trace>) {
    let causes = trace.map(|trace| RootCauses::of(&trace)).unwrap_or_default();
    let lists =
        [("FaultRootCauses", &causes.faults), ("ErrorRootCauses", &causes.errors), ("ResponseTimeRootCauses", &causes.response_times)];
    for (name, causes) in lists {
        summary[name] = causes.iter().map(shape).collect();
    }
}

fn shape(cause: &RootCause) -> Value {
    json!({"Services": cause.services.iter().map(service).collect::<Vec<_>>(), "ClientImpacting": cause.is_client_impacting})
}

fn service(service: &CauseService) -> Value {
    let mut shape = json!({
        "Name": service.name,
        "Names": [service.name],
        "Inferred": service.is_inferred,
        "EntityPath": service.entities.iter().map(entity).collect::<Vec<_>>(),
    });
    if let Some(kind) = &service.kind {
        shape["Type"] = json!(kind);
    }
    if let Some(account) = &service.account {
        shape["AccountId"] = json!(account);
    }
    shape
}

/// Of a response time it has a coverage, of a fault or an error its exceptions.
fn entity(entity: &Entity) -> Value {
    let mut shape = json!({"Name": entity.name, "Remote": entity.is_remote});
    match entity.coverage {
        Some(coverage) => shape["Coverage"] = json!(coverage),
        None => {
            let exceptions = entity.exceptions.iter().map(|exception| json!({"Name": exception.name, "Message": exception.message}));
            shape["Exceptions"] = exceptions.collect();
        }
    }
    shape
}
