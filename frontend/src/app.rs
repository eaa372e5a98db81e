//! What is on a page: sign-in, or what is shown after it, and what lies over both.

use baton_shared::api::SignedIn;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::announcer::{Announcer, LiveRegion};
use crate::api::{self, Failure};
use crate::attention::Attention;
use crate::browser::page;
use crate::connection::Connection;
use crate::controls::toast::{ToastList, Toasts};
use crate::dispatch::Dispatch;
use crate::live_desk::LiveDesk;
use crate::outbox::Outbox;
use crate::preferences::Preferences;
use crate::reactive::{effect, memo};
use crate::screens::sign_in::SignInScreen;
use crate::server_clock::ServerClock;
use crate::session::{CurrentSession, Session};
use crate::viewing::Viewing;

/// How long to wait before asking again who is signed in, in milliseconds.
const ASK_AGAIN_MS: u32 = 3_000;

/// Everything the parts of the desk share; handles that can be copied.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the fields are named after their types, which say what they are")]
pub struct DeskContext {
    pub session: CurrentSession,
    pub live: LiveDesk,
    pub clock: ServerClock,
    pub connection: Connection,
    pub dispatch: Dispatch,
    pub outbox: Outbox,
    pub viewing: Viewing,
    pub announcer: Announcer,
    pub toasts: Toasts,
    pub preferences: Preferences,
    pub attention: Attention,
}

impl DeskContext {
    /// Makes the parts of a desk, without a connection yet, and gives them to what is rendered under the owner.
    pub fn provide() -> Self {
        let session = CurrentSession::unknown();
        let (live, clock) = (LiveDesk::absent(), ServerClock::start());
        let (viewing, preferences) = (Viewing::nothing(), Preferences::load());
        let (announcer, toasts) = (Announcer::silent(), Toasts::none());
        let (dispatch, outbox) = (Dispatch::new(session, toasts), Outbox::load(session));
        let attention = Attention::start(live, viewing, preferences, announcer, toasts);
        let connection = Connection::new(live, clock, session, outbox, attention);
        let context = Self {
            session,
            live,
            clock,
            connection,
            dispatch,
            outbox,
            viewing,
            announcer,
            toasts,
            preferences,
            attention,
        };
        provide_context(context);
        context
    }

    /// Returns the parts of the desk that this is rendered in.
    pub fn here() -> Self {
        expect_context()
    }
}

/// Starts in the page, which shows this to someone who is signed in.
pub fn start(screen: fn(SignedIn) -> AnyView) {
    page::report_panics();
    mount_to(page::take_mount_point(), move || view! { <App screen=screen /> }).forget();
}

/// The whole page.
#[component]
fn App(
    /// Makes what someone sees who is signed in.
    screen: fn(SignedIn) -> AnyView,
) -> impl IntoView {
    let context = DeskContext::provide();
    spawn_local(ask_session(context.session));
    follow_session(context);
    view! {
        {move || match context.session.get() {
            Session::Checking => view! { <Loading /> }.into_any(),
            Session::SignedOut => view! { <SignInScreen /> }.into_any(),
            Session::SignedIn(person) => screen(person),
        }}
        <ToastList toasts=context.toasts />
        <LiveRegion announcer=context.announcer />
    }
}

/// What is shown until the server has answered; the same as the shell in the HTML files.
#[component]
pub fn Loading() -> impl IntoView {
    view! {
        <main class="loading">
            <h1 class="brand">"Baton"</h1>
            <p>"Loading…"</p>
        </main>
    }
}

async fn ask_session(session: CurrentSession) {
    loop {
        match api::session().await {
            Ok(person) => return session.signed_in(person),
            Err(Failure::SignedOut) => return session.signed_out(),
            Err(_) => gloo_timers::future::TimeoutFuture::new(ASK_AGAIN_MS).await,
        }
    }
}

fn follow_session(context: DeskContext) {
    let who = memo(move || match context.session.get() {
        Session::Checking => None,
        Session::SignedOut => Some(None),
        Session::SignedIn(person) => Some(Some(person.id)),
    });
    effect(move || match who.get() {
        None => {}
        Some(None) => {
            context.connection.end();
            context.viewing.clear();
            context.outbox.take_up();
        }
        Some(Some(_)) => {
            context.outbox.take_up();
            context.connection.end();
            context.connection.begin();
        }
    });
}
