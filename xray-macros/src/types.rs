//! Questions about types, answered from their spelling.

use syn::visit::{self, Visit};
use syn::{AngleBracketedGenericArguments, AssocType, GenericArgument, PathArguments, Type, TypeImplTrait, TypeParamBound};

/// A return type that is a future, and what the future gives if that can be seen.
pub(crate) enum Returned<'a> {
    /// `impl Future<Output = R>`
    Opaque(Option<&'a Type>),
    /// `Pin<Box<dyn Future<Output = R>>>`, `BoxFuture<'_, R>`, `LocalBoxFuture<'_, R>`
    Boxed(Option<&'a Type>),
}

/// Sees through the invisible groups that `macro_rules!` leaves around `$t:ty`, and through `( )`.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        ty => ty,
    }
}

/// Is this return type a future?
pub(crate) fn returned(ty: &Type) -> Option<Returned<'_>> {
    if let Type::ImplTrait(opaque) = bare(ty) {
        return opaque.bounds.iter().find_map(future_bound).map(Returned::Opaque);
    }
    if let Some(boxed) = only_arg(ty, "Pin").and_then(|inner| only_arg(inner, "Box")) {
        let Type::TraitObject(object) = bare(boxed) else { return None };
        return object.bounds.iter().find_map(future_bound).map(Returned::Boxed);
    }
    let output = only_arg(ty, "BoxFuture").or_else(|| only_arg(ty, "LocalBoxFuture"))?;
    Some(Returned::Boxed(Some(output)))
}

/// `Some(Output)` for a bound `Future<…>`.
fn future_bound(bound: &TypeParamBound) -> Option<Option<&Type>> {
    let TypeParamBound::Trait(bound) = bound else { return None };
    let last = bound.path.segments.last().filter(|last| last.ident == "Future")?;
    let PathArguments::AngleBracketed(list) = &last.arguments else { return Some(None) };
    Some(list.args.iter().find_map(|arg| match arg {
        GenericArgument::AssocType(AssocType { ident, ty, .. }) if ident == "Output" => Some(ty),
        _ => None,
    }))
}

/// `T` of a path whose last segment is `name<T>`, lifetimes aside.
fn only_arg<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = bare(ty) else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(list) = &last.arguments else { return None };
    let mut types = list.args.iter().filter_map(|arg| match arg {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.next().filter(|_| types.next().is_none())
}

/// Can it be seen that this is no `Result`? An alias may hide one behind any other name.
pub(crate) fn cannot_fail(ty: &Type) -> bool {
    const SCALARS: [&str; 17] =
        ["bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "str"];
    match bare(ty) {
        Type::Tuple(_) | Type::Reference(_) | Type::Ptr(_) | Type::Array(_) | Type::Slice(_) | Type::BareFn(_) | Type::Never(_) => true,
        Type::Path(path) => path.path.get_ident().is_some_and(|ident| SCALARS.iter().any(|scalar| ident == scalar)),
        _ => false,
    }
}

/// `ty` as it may be written inside a body: every `impl Trait` becomes `_`.
pub(crate) fn inside_body(ty: &Type) -> Type {
    let mut ty = ty.clone();
    hide_opaque(&mut ty);
    ty
}

fn hide_opaque(ty: &mut Type) {
    match ty {
        Type::ImplTrait(opaque) => {
            let underscore = syn::Token![_](opaque.impl_token.span);
            *ty = Type::Infer(syn::TypeInfer { underscore_token: underscore });
        }
        Type::Array(array) => hide_opaque(&mut array.elem),
        Type::Group(group) => hide_opaque(&mut group.elem),
        Type::Paren(paren) => hide_opaque(&mut paren.elem),
        Type::Ptr(pointer) => hide_opaque(&mut pointer.elem),
        Type::Reference(reference) => hide_opaque(&mut reference.elem),
        Type::Slice(slice) => hide_opaque(&mut slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(hide_opaque),
        Type::Path(path) => {
            path.qself.iter_mut().for_each(|qself| hide_opaque(&mut qself.ty));
            path.path.segments.iter_mut().for_each(|segment| hide_in_arguments(&mut segment.arguments));
        }
        Type::TraitObject(object) => {
            for bound in &mut object.bounds {
                if let TypeParamBound::Trait(bound) = bound {
                    bound.path.segments.iter_mut().for_each(|segment| hide_in_arguments(&mut segment.arguments));
                }
            }
        }
        _ => {}
    }
}

fn hide_in_arguments(arguments: &mut PathArguments) {
    let PathArguments::AngleBracketed(AngleBracketedGenericArguments { args, .. }) = arguments else { return };
    for arg in args {
        match arg {
            GenericArgument::Type(ty) | GenericArgument::AssocType(AssocType { ty, .. }) => hide_opaque(ty),
            _ => {}
        }
    }
}

/// Is it `impl Trait` as a whole?
pub(crate) fn is_opaque(ty: &Type) -> bool {
    matches!(bare(ty), Type::ImplTrait(_))
}

/// Is a closure returned as `impl Fn(…)`? What it takes and gives is then read from the return type of the function that it stands in.
pub(crate) fn is_opaque_closure(ty: &Type) -> bool {
    struct Closures(bool);
    impl<'ast> Visit<'ast> for Closures {
        fn visit_type_impl_trait(&mut self, opaque: &'ast TypeImplTrait) {
            self.0 |= opaque.bounds.iter().any(|bound| {
                let TypeParamBound::Trait(bound) = bound else { return false };
                bound.path.segments.last().is_some_and(|last| matches!(last.arguments, PathArguments::Parenthesized(_)))
            });
            visit::visit_type_impl_trait(self, opaque);
        }
    }
    let mut found = Closures(false);
    found.visit_type(ty);
    found.0
}

/// Is it certain that dropping a value of this type runs nothing?
pub(crate) fn drops_nothing(ty: &Type) -> bool {
    const SCALARS: [&str; 17] =
        ["bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "str"];
    match bare(ty) {
        Type::Reference(_) | Type::Ptr(_) | Type::BareFn(_) | Type::Never(_) => true,
        Type::Tuple(tuple) => tuple.elems.iter().all(drops_nothing),
        Type::Array(array) => drops_nothing(&array.elem),
        Type::Path(path) => {
            let scalar = path.path.get_ident().is_some_and(|ident| SCALARS.iter().any(|scalar| ident == scalar));
            scalar || only_arg(ty, "Pin").is_some_and(drops_nothing)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens as _, quote};
    use syn::parse_quote;

    use super::*;

    #[test]
    fn futures_are_seen_in_return_types() {
        let shown = |ty: Type| {
            let text = |output: Option<&Type>| output.map_or(String::from("?"), |ty| ty.to_token_stream().to_string());
            match returned(&ty) {
                None => String::from("no"),
                Some(Returned::Opaque(output)) => format!("opaque {}", text(output)),
                Some(Returned::Boxed(output)) => format!("boxed {}", text(output)),
            }
        };
        assert_eq!(shown(parse_quote!(impl Future<Output = u8> + Send + 'a)), "opaque u8");
        assert_eq!(shown(parse_quote!(impl Send + ::std::future::Future<Output = ()>)), "opaque ()");
        assert_eq!(shown(parse_quote!(impl Iterator<Item = u8>)), "no");
        assert_eq!(shown(parse_quote!(Pin<Box<dyn Future<Output = u8> + Send>>)), "boxed u8");
        assert_eq!(shown(parse_quote!(::core::pin::Pin<::std::boxed::Box<dyn F>>)), "no");
        assert_eq!(shown(parse_quote!(Pin<&mut Self>)), "no");
        assert_eq!(shown(parse_quote!(BoxFuture<'_, Result<u8, E>>)), "boxed Result < u8 , E >");
        assert_eq!(shown(parse_quote!(futures::future::LocalBoxFuture<'static, u8>)), "boxed u8");
        assert_eq!(shown(parse_quote!(BoxFuture<u8, E>)), "no");
        assert_eq!(shown(parse_quote!(Self::Future)), "no");
    }

    #[test]
    fn opaque_types_become_inferred() {
        let tight = |text: String| text.replace(' ', "");
        let hidden = |ty: Type| tight(inside_body(&ty).into_token_stream().to_string());
        let wanted = |tokens: proc_macro2::TokenStream| tight(tokens.to_string());
        assert_eq!(hidden(parse_quote!(impl Display)), "_");
        assert_eq!(hidden(parse_quote!(Result<impl Iterator<Item = u8>, E>)), wanted(quote!(Result<_, E>)));
        assert_eq!(hidden(parse_quote!((&impl A, [impl B; 2]))), wanted(quote!((&_, [_; 2]))));
        assert_eq!(hidden(parse_quote!(Box<dyn Iterator<Item = impl A>>)), wanted(quote!(Box<dyn Iterator<Item = _>>)));
        assert_eq!(hidden(parse_quote!(Vec<u8>)), wanted(quote!(Vec<u8>)));
    }

    #[test]
    fn opaque_closures_are_seen() {
        let closures: [Type; 2] = [parse_quote!(impl Fn(&K) -> bool + '_), parse_quote!(Result<impl FnOnce(), E>)];
        assert!(closures.iter().all(is_opaque_closure));
        let others: [Type; 3] = [parse_quote!(impl Iterator<Item = u8>), parse_quote!(Box<dyn Fn()>), parse_quote!(fn(u8))];
        assert!(!others.iter().any(is_opaque_closure));
    }

    #[test]
    fn only_certain_types_drop_nothing() {
        let certain: [Type; 9] = [
            parse_quote!(&str),
            parse_quote!(&mut Vec<u8>),
            parse_quote!(*const T),
            parse_quote!(u64),
            parse_quote!((u8, [bool; 4])),
            parse_quote!(()),
            parse_quote!(fn(u8) -> String),
            parse_quote!(Pin<&mut Self>),
            parse_quote!((u8)),
        ];
        assert!(certain.iter().all(drops_nothing));
        let uncertain: [Type; 6] = [
            parse_quote!(T),
            parse_quote!(String),
            parse_quote!(Option<&str>),
            parse_quote!((u8, String)),
            parse_quote!(impl Fn()),
            parse_quote!(Pin<Box<T>>),
        ];
        assert!(!uncertain.iter().any(drops_nothing));
    }
}
