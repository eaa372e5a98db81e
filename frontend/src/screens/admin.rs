//! Where administrators set up the contact centre.
//!
//! Each page has an address of its own; going from one to another loads it anew.

use baton_shared::Role;
use baton_shared::api::SignedIn;
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::controls::icon::{Icon, IconView};
use crate::screens::header::sign_out;
use crate::screens::supervisor;

pub mod definitions;
pub mod dry_run;
pub mod forms;
pub mod groups;
pub mod history;
pub mod overrides;
pub mod queue_words;
pub mod queues;
pub mod setup;
pub mod skill_words;
pub mod switch_field;
pub mod switches;
pub mod teams;
pub mod transfers;

use queues::QueuesPage;
use setup::Setup;
use teams::TeamsPage;
use transfers::TransfersPage;

/// A page of the administration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminPage {
    /// How transfers go, and the groups they can go to.
    Transfers,
    /// How queues keep waits within bounds, and when they are open.
    Queues,
    /// Which supervisors lead which agents.
    Teams,
}

impl AdminPage {
    /// Every page, in the order of the navigation; the first is also at the address of the whole.
    pub const ALL: [Self; 3] = [Self::Transfers, Self::Queues, Self::Teams];

    /// Returns the page at an address, if there is one.
    pub fn at(path: &str) -> Option<Self> {
        if path.trim_end_matches('/') == "/admin" {
            return Self::ALL.first().copied();
        }
        Self::ALL.into_iter().find(|page| page.path() == path)
    }

    /// Returns its address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Transfers => "/admin/transfers",
            Self::Queues => "/admin/queues",
            Self::Teams => "/admin/teams",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Transfers => "Transfers",
            Self::Queues => "Queues",
            Self::Teams => "Teams",
        }
    }

    /// Returns the least role that sees anything on it.
    const fn role(self) -> Role {
        match self {
            Self::Transfers => Role::Supervisor,
            Self::Queues | Self::Teams => Role::Administrator,
        }
    }

    /// Returns who may use it, in a sentence.
    const fn audience(self) -> &'static str {
        match self {
            Self::Transfers => {
                "Administrators set up how transfers go, and supervisors define the groups. Ask one of them to change something."
            }
            Self::Queues => "Administrators set up the queues. Ask one of them to change something.",
            Self::Teams => "Administrators set up the teams. Ask one of them to change something.",
        }
    }
}

/// A page of the administration, for whom it is meant.
#[component]
pub fn AdminScreen(
    /// Which.
    page: AdminPage,
    /// Who is signed in.
    person: SignedIn,
) -> impl IntoView {
    let context = DeskContext::here();
    let setup = Setup::new(context, person.role);
    let leave = move |_| {
        if setup.may_leave() {
            sign_out(context);
        }
    };
    let content = match page {
        _ if person.role < page.role() => view! { <NotYours page=page /> }.into_any(),
        AdminPage::Transfers => view! { <TransfersPage setup=setup /> }.into_any(),
        AdminPage::Queues => view! { <QueuesPage setup=setup /> }.into_any(),
        AdminPage::Teams => view! { <TeamsPage setup=setup /> }.into_any(),
    };
    view! {
        <div class="admin">
            <header class="header">
                <a class="brand admin__home" href="/">
                    "Baton"
                </a>
                <p class="header__name">{person.name}</p>
                <div class="header__tools">
                    <a class="button button--plain" href="/">
                        "Desk"
                    </a>
                    <a class="button button--plain" href=supervisor::PATH>
                        "Wall"
                    </a>
                    <button
                        class="button button--plain button--icon"
                        type="button"
                        aria-label="Sign out"
                        on:click=leave
                    >
                        <IconView icon=Icon::SignOut />
                    </button>
                </div>
            </header>
            <Show when=move || context.connection.outdated()>
                <p class="banner banner--warning">
                    "Another build of Baton serves this page. Save your changes, then load the page anew."
                </p>
            </Show>
            <nav class="admin__nav" aria-label="Administration">
                <ul>
                    {AdminPage::ALL
                        .into_iter()
                        .map(|each| {
                            view! {
                                <li>
                                    <a href=each.path() aria-current=(each == page).then_some("page")>
                                        {each.title()}
                                    </a>
                                    <ul>{places(each, page, person.role)}</ul>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </nav>
            <main class="admin__main">{content}</main>
        </div>
    }
}

/// Returns links to the parts of the page that is shown, as far as the person sees them.
fn places(each: AdminPage, shown: AdminPage, role: Role) -> impl IntoView {
    let places = match each {
        AdminPage::Transfers if each == shown && role == Role::Administrator => transfers::places(),
        AdminPage::Transfers | AdminPage::Queues | AdminPage::Teams => Vec::new(),
    };
    places
        .into_iter()
        .map(|(id, title)| {
            view! {
                <li>
                    <a href=format!("#{id}")>{title}</a>
                </li>
            }
        })
        .collect_view()
}

#[component]
fn NotYours(page: AdminPage) -> impl IntoView {
    view! {
        <h1>{page.title()}</h1>
        <p class="admin__sentence">{page.audience()}</p>
        <p>
            <a href="/">"Go to your desk"</a>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_found_at_its_address_and_nothing_elsewhere() {
        for page in AdminPage::ALL {
            assert_eq!(AdminPage::at(page.path()), Some(page));
        }
        assert_eq!(AdminPage::at("/admin"), Some(AdminPage::Transfers));
        assert_eq!(AdminPage::at("/admin/nowhere"), None);
        assert_eq!(AdminPage::at("/"), None);
    }
}
