//! What the two kinds of reqwest's requests have in common, async and blocking: all but what they return.

/// Makes `Recorded` and `Unsent` for the `RequestBuilder` and the `Client` that are in scope.
macro_rules! kind {
    () => {
        /// Requests of this kind are recorded.
        #[derive(Clone, Copy, Debug)]
        pub struct Recorded;

        impl $crate::call::verdict::Verdict<RequestBuilder> for Recorded {
            type Opened = Unsent;

            #[inline]
            fn open(receiver: RequestBuilder) -> Unsent {
                Unsent(receiver)
            }
        }

        impl $crate::call::verdict::Place for Recorded {
            type Untouched = $crate::call::answer::Never;
            type Ours = Self;

            #[inline]
            fn choose() -> $crate::call::verdict::Choice<Self::Untouched, Self> {
                $crate::call::verdict::Choice::Ours(Self)
            }
        }

        impl Recorded {
            /// The arm runs.
            #[must_use]
            pub fn start(self) -> Self {
                self
            }

            /// The arm's value.
            #[inline]
            pub fn give<T>(self, value: T) -> T {
                value
            }

            /// A request before it is sent.
            pub fn open(self, receiver: RequestBuilder) -> Unsent {
                Unsent(receiver)
            }
        }

        impl $crate::call::probe::Seen<RequestBuilder, $crate::call::probe::Absent> {
            /// A request of this kind.
            #[must_use]
            pub fn __autoxray_verdict(&self) -> Recorded {
                Recorded
            }
        }

        /// A request before it is sent.
        #[derive(Debug)]
        #[must_use]
        pub struct Unsent(RequestBuilder);

        impl Unsent {
            /// As of a request of an AWS client.
            pub fn customize(self) -> Self {
                self
            }

            /// As of a request of an AWS client.
            pub fn interceptor<X>(self, _: X) -> Self {
                self
            }
        }

        $crate::call::kind::owners!(
            Client,
            &Client,
            &mut Client,
            std::sync::Arc<Client>,
            &std::sync::Arc<Client>,
            std::rc::Rc<Client>,
            &std::rc::Rc<Client>,
            Box<Client>,
            &Box<Client>
        );
    };
}

/// What may own a client.
macro_rules! owners {
    ($($owner:ty),+) => {$(
        impl $crate::call::probe::Seen<$owner, ()> {
            /// A client of this kind.
            #[must_use]
            pub fn __autoxray_executes(&self) -> Recorded {
                Recorded
            }
        }
    )+};
}

pub(super) use {kind, owners};
