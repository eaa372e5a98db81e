//! Signing in.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Failure};
use crate::app::DeskContext;
use crate::conversation::questions::Refusal;

/// Asks for an address and a password.
#[component]
pub fn SignInScreen() -> impl IntoView {
    let context = DeskContext::here();
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let refusal = RwSignal::new(None::<String>);
    let pending = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        refusal.set(None);
        spawn_local(async move {
            match api::sign_in(email.get_untracked().trim().to_owned(), password.get_untracked()).await {
                Ok(person) => {
                    context.session.signed_in(person);
                    context.connection.tell_session_changed();
                }
                Err(failure) => {
                    refusal.set(Some(sentence(&failure)));
                    pending.set(false);
                    password.set(String::new());
                    crate::browser::page::focus("password");
                }
            }
        });
    };
    view! {
        <main class="lone">
            <form class="sign-in" on:submit=submit>
                <p class="brand">"Baton"</p>
                <h1>"Sign in to your desk"</h1>
                <label class="field">
                    <span class="field__label">"Email"</span>
                    <input
                        class="field__input"
                        type="email" name="email"
                        autocomplete="username"
                        required
                        autofocus
                        bind:value=email
                    />
                </label>
                <label class="field">
                    <span class="field__label">"Password"</span>
                    <input
                        id="password"
                        class="field__input"
                        type="password"
                        name="password"
                        autocomplete="current-password"
                        required
                        bind:value=password
                        aria-describedby="sign-in-refusal"
                    />
                </label>
                <div id="sign-in-refusal">
                    <Refusal refusal=refusal />
                </div>
                <button
                    class="button button--primary button--large"
                    type="submit"
                    aria-disabled=move || pending.get().then_some("true")
                >
                    "Sign in"
                </button>
            </form>
        </main>
    }
}

/// Says why the sign-in failed, and how long to wait where there were too many.
fn sentence(failure: &Failure) -> String {
    match failure {
        Failure::Later { secs, .. } => {
            format!("There were too many attempts, or the server is busy. Wait {secs} s and try again.")
        }
        Failure::Unreachable | Failure::SignedOut | Failure::Refused { .. } => failure.sentence(),
    }
}
