//! Takes the place of `hooks` with the feature `safety-net`, which needs an SDK that can be told which hooks there are: it leaves the others
//! out, at a third of the price.

macro_rules! hooks {
    ($($declared:tt)*) => {
        #[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
        $($declared)*
    };
}
pub(super) use hooks;
