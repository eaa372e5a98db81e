//! Who asks, as handlers name them in their signatures. The session, the token and the role are checked here only.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use baton_shared::api::Person;
use baton_shared::command::Actor;
use baton_shared::{AgentId, ConversationId, Refusal, Role};

use super::error::ApiError;
use crate::accounts::TokenHash;
use crate::app::App;
use crate::config::Config;

/// The cookie's name where browsers come through TLS; the prefix makes them refuse it from elsewhere.
pub const SECURE_COOKIE: &str = "__Host-baton";

/// The cookie's name on loopback in the clear.
pub const PLAIN_COOKIE: &str = "baton";

/// A person who signed in, may sign in still, and has the role asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub id: AgentId,
    /// What they are called.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// The session they came with.
    pub session: TokenHash,
}

impl Caller {
    /// Returns a person as the one who asks, for what the server does in their name; no session of theirs is used.
    pub fn unsigned(person: Person) -> Self {
        let Person { id, name, email, role, .. } = person;
        Self { id, name, email, role, session: TokenHash::default() }
    }

    /// Returns the one who asks, for a command.
    pub const fn actor(&self) -> Actor {
        Actor::Person(self.id)
    }
}

macro_rules! callers {
    ($($(#[$doc:meta])* $name:ident = $role:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub Caller);

        impl FromRequestParts<Arc<App>> for $name {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
                let caller = caller(&parts.headers, app).await?;
                check_role(&caller, Role::$role).map(|()| Self(caller))
            }
        }
    )*};
}

callers! {
    /// Anyone who is signed in.
    CurrentAgent = Agent;
    /// A supervisor or an administrator.
    CurrentSupervisor = Supervisor;
    /// An administrator.
    CurrentAdministrator = Administrator;
}

/// The customer of a conversation, proved by a bearer token.
#[derive(Clone, Copy, Debug)]
pub struct CurrentCustomer(pub ConversationId);

impl FromRequestParts<Arc<App>> for CurrentCustomer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let token = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer "));
        let conversation = token.and_then(|token| app.accounts.customer(token.trim()));
        conversation.map(Self).ok_or_else(|| {
            ApiError::new(
                StatusCode::UNAUTHORIZED,
                "token_invalid",
                "Send the conversation's token as `Authorization: Bearer …`, or start a new conversation.",
            )
        })
    }
}

/// The earlier conversation of a customer who returns, where the request proves one; whoever proves none is new.
#[derive(Clone, Copy, Debug)]
pub struct Returning(pub Option<ConversationId>);

impl FromRequestParts<Arc<App>> for Returning {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let customer = CurrentCustomer::from_request_parts(parts, app).await;
        Ok(Self(customer.ok().map(|CurrentCustomer(conversation)| conversation)))
    }
}

impl Returning {
    /// Returns who asks.
    pub fn actor(self) -> Actor {
        self.0.map_or(Actor::Visitor, Actor::Customer)
    }
}

/// The address that a request came from, behind a proxy on this machine the one that the proxy saw.
#[derive(Clone, Copy, Debug)]
pub struct CameFrom(pub IpAddr);

impl FromRequestParts<Arc<App>> for CameFrom {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let peer = parts.extensions.get::<SocketAddr>().map_or(Ipv4Addr::LOCALHOST.into(), SocketAddr::ip);
        // Anyone can send this header, so only a proxy on this machine is believed, and only the last entry is its own.
        if app.config.public_url.is_none() || !peer.is_loopback() {
            return Ok(Self(counted(peer)));
        }
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let last = forwarded.and_then(|value| value.to_str().ok()).and_then(|value| value.rsplit(',').next());
        Ok(Self(counted(last.and_then(|address| address.trim().parse().ok()).unwrap_or(peer))))
    }
}

/// Returns the address by which someone is counted: whoever has one address of IPv6 has the 2^64 around it.
fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        IpAddr::V4(address) => address.into(),
    }
}

/// Returns the session token that a request carries.
pub fn session_token(headers: &HeaderMap, config: &Config) -> Option<String> {
    let wanted = cookie_name(config);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, token)| token.to_owned())
}

/// Returns the name of the session cookie.
pub fn cookie_name(config: &Config) -> &'static str {
    if config.is_https() { SECURE_COOKIE } else { PLAIN_COOKIE }
}

/// Returns who a request comes from.
pub async fn caller(headers: &HeaderMap, app: &Arc<App>) -> Result<Caller, ApiError> {
    let token = session_token(headers, &app.config).ok_or_else(ApiError::signed_out)?;
    caller_by_token(token, app).await
}

/// Returns the person whom a session token stands for.
pub async fn caller_by_token(token: String, app: &Arc<App>) -> Result<Caller, ApiError> {
    let caller = app.with_store(move |app| {
        let Some(session) = app.accounts.session(&token)? else { return Ok(None) };
        let person = app.store.read()?.person(session.agent)?.filter(|person| person.enabled);
        Ok(person.map(|person| Caller {
            id: person.id,
            name: person.name,
            email: person.email,
            role: person.role,
            session: session.token_hash,
        }))
    });
    caller.await?.ok_or_else(ApiError::signed_out)
}

/// The one place where a role is compared with the one that is needed.
fn check_role(caller: &Caller, needed: Role) -> Result<(), ApiError> {
    if caller.role >= needed { Ok(()) } else { Err(Refusal::RoleTooLow { needed }.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_counted_together() {
        let counted = |address: &str| counted(address.parse().unwrap()).to_string();
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(counted("::ffff:10.0.0.1"), "10.0.0.1");
        assert_eq!(counted("10.0.0.1"), "10.0.0.1");
    }
}
