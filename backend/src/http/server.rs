//! Connections: taken in one by one, each with small buffers, and ended in order when the server stops.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioTimer;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

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

/// Serves until `stop` is over; then ends streams, lets requests finish, and commits what waits.
pub async fn serve(app: Arc<App>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let router = super::router(app.clone());
    let (stopping, _) = watch::channel(());
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((socket, peer)) => {
                    tokio::spawn(converse(socket, peer, router.clone(), stopping.subscribe()));
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
    app.feed.stop();
    stopping.send_replace(());
    // Each connection holds a receiver until its end.
    if tokio::time::timeout(STOP_WITHIN, stopping.closed()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
    if tokio::time::timeout(COMMIT_WITHIN, app.stop()).await.is_err() {
        tracing::warn!("what waited was not committed in time; nobody was told that it was");
    }
}

/// How a connection went on.
enum Outcome {
    Ended(hyper::Result<()>),
    Stream(Frames),
}

/// Answers the requests of a connection until it ends or becomes a stream.
async fn converse(socket: TcpStream, peer: SocketAddr, router: Router, mut stopping: watch::Receiver<()>) {
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
            _ = stopping.changed(), if !told => {
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
                let _open = stopping;
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
