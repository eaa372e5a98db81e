//! Connections: taken in one by one, each with small buffers, and ended in order when the server stops.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioTimer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt;

use super::error::{ApiError, PROBLEM_JSON};
use super::handover::{Frames, Handover, Watched, pass_on};
use crate::app::App;

/// How many bytes of a request's head a connection may hold: on loopback a browser sends the cookies of every program.
const READ_BUFFER_BYTES_MAX: usize = 32 * 1024;

/// How long what was sent may stay unacknowledged before the other side counts as gone.
/// Every stream sends a heartbeat more often than that.
#[cfg(target_os = "linux")]
const UNHEARD_MAX: Duration = Duration::from_secs(30);

/// How long a client may take to send a request's head, and to wait between two requests.
const HEAD_WITHIN: Duration = Duration::from_secs(75);

/// How long open requests may go on after the server was told to stop.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// How long the last commit may take.
const COMMIT_WITHIN: Duration = Duration::from_secs(1);

/// How long to wait after the machine could give no connection.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// How many open files are left to everything but connections: the database's, and those of refusals.
const FILES_BESIDE: u64 = 192;

/// How many connections beyond the limit are told so at once; more are closed without a word.
const REFUSED_AT_ONCE_MAX: usize = 32;

/// When they may try again.
const REFUSED_RETRY: Duration = Duration::from_secs(5);

/// How long telling so may take.
const REFUSE_WITHIN: Duration = Duration::from_secs(1);

/// Returns how many connections the machine lets this process have, with room for what else it opens.
pub fn connections_max() -> usize {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current.unwrap_or(u64::MAX);
    let connections = files.saturating_sub(FILES_BESIDE).max(files / 2);
    usize::try_from(connections).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS)
}

/// Serves until `stop` is over; then ends streams, lets requests finish, and commits what waits.
///
/// Of more connections than `connections_max` each is told to come again, and those that are there are kept.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    connections_max: usize,
    stop: impl Future<Output = ()>,
) {
    let router = super::router(app.clone());
    let places = Arc::new(Semaphore::new(connections_max));
    let refusals = Arc::new(Semaphore::new(REFUSED_AT_ONCE_MAX));
    let (stopping, _) = watch::channel(());
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((socket, peer)) => {
                    if let Ok(place) = places.clone().try_acquire_owned() {
                        let held = Held { stopping: stopping.subscribe(), _place: place };
                        tokio::spawn(converse(socket, peer, router.clone(), held));
                    } else if let Ok(place) = refusals.clone().try_acquire_owned() {
                        tokio::spawn(refuse(socket, place));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    // Out of file handles: the loop would spin.
                    let _ = tokio::time::timeout(ACCEPT_AGAIN_AFTER, std::future::pending::<()>()).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    tracing::info!(connections = stopping.receiver_count(), "stopping");
    stopping.send_replace(());
    let ended = async {
        app.feed.stop().await;
        // Each connection holds a receiver until its end.
        stopping.closed().await;
    };
    if tokio::time::timeout(STOP_WITHIN, ended).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
    if tokio::time::timeout(COMMIT_WITHIN, app.stop()).await.is_err() {
        tracing::warn!("what waited was not committed in time; nobody was told that it was");
    }
}

/// What an open connection holds until its end.
struct Held {
    stopping: watch::Receiver<()>,
    _place: OwnedSemaphorePermit,
}

/// Tells a client that there is no place for its connection.
async fn refuse(mut socket: TcpStream, _place: OwnedSemaphorePermit) {
    let answer = async {
        let refused = ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too_many_connections",
            "More browsers are connected than the server has room for. Try again.",
        );
        let body =
            to_bytes(refused.into_response().into_body(), READ_BUFFER_BYTES_MAX).await.unwrap_or_default();
        let head = format!(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: {PROBLEM_JSON}\r\nContent-Length: {}\r\n\
             Retry-After: {}\r\nConnection: close\r\n\r\n",
            body.len(),
            REFUSED_RETRY.as_secs()
        );
        // What was asked is read first: closing with something unread would take the answer back.
        let _ = socket.read(&mut [0; 4096]).await;
        let _ = socket.write_all(head.as_bytes()).await;
        let _ = socket.write_all(&body).await;
        let _ = socket.shutdown().await;
    };
    let _ = tokio::time::timeout(REFUSE_WITHIN, answer).await;
}

/// How a connection went on.
enum Outcome {
    Ended(hyper::Result<()>),
    Stream(Frames),
}

/// Answers the requests of a connection until it ends or becomes a stream.
async fn converse(socket: TcpStream, peer: SocketAddr, router: Router, mut held: Held) {
    set_options(&socket);
    let handover = Handover::default();
    let left = handover.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        Box::pin(answer(router.clone(), request, peer, left.clone()))
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(READ_BUFFER_BYTES_MAX)
        .serve_connection(Watched::new(socket, handover.clone()), service);
    let mut told = false;
    let outcome = loop {
        let progress = poll_fn(|context| {
            let served = connection.poll_without_shutdown(context);
            match handover.take() {
                Some(frames) => Poll::Ready(Outcome::Stream(frames)),
                None => served.map(Outcome::Ended),
            }
        });
        tokio::select! {
            outcome = progress => break outcome,
            _ = held.stopping.changed(), if !told => {
                told = true;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    };
    let mut socket = connection.into_parts().io.into_socket();
    match outcome {
        Outcome::Ended(Ok(())) => {
            let _ = socket.shutdown().await;
        }
        Outcome::Ended(Err(error)) => tracing::debug!(%error, "a connection broke"),
        Outcome::Stream(frames) => {
            // A task of its own, which is as small as a stream is.
            tokio::spawn(async move {
                let _open = held;
                pass_on(socket, frames).await;
            });
        }
    }
}

/// Sets what a connection asks of the machine; one that cannot have it works all the same.
fn set_options(socket: &TcpStream) {
    // Small answers must not wait for more to send.
    let _ = socket.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _ = socket2::SockRef::from(socket).set_tcp_user_timeout(Some(UNHEARD_MAX));
}

async fn answer(
    router: Router,
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
    handover: Handover,
) -> Result<Response, Infallible> {
    let mut request: Request = request.map(Body::new);
    request.extensions_mut().insert(peer);
    request.extensions_mut().insert(handover);
    router.oneshot(request).await
}
