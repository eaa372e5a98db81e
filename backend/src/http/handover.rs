//! Takes the socket of a stream out of the HTTP machinery once the head of its answer is sent.
//!
//! A stream is silent nearly all the time, and there is one for each browser. What reads requests and writes answers
//! needs buffers of 8 KiB and more; what passes frames on needs the socket and the queue of frames.
//! The handler leaves the frames in a [`Handover`] and answers with a body that never yields; when the head has gone
//! out, the connection gives its socket away and [`pass_on`] writes the rest.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use hyper::body::Frame;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::streams::Place;

/// How long a reader may take to receive what is sent at once.
const WRITE_WITHIN: Duration = Duration::from_secs(20);

/// How many bytes are sent at once at most, except for a single frame that is larger.
const BATCH_BYTES: usize = 16 * 1024;

/// How much a reader may say, who has nothing to say.
const UNASKED_BYTES_MAX: usize = 4 * 1024;

/// How the end of an answer's body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// By a last chunk of no bytes, as HTTP/1.1 has it.
    Chunks,
    /// By closing the connection, as HTTP/1.0 has it.
    Close,
}

/// A stream's frames and the place that it takes.
#[derive(Debug)]
pub struct Frames {
    /// Whole server-sent events.
    pub waiting: mpsc::Receiver<Bytes>,
    /// How their end is told.
    pub framing: Framing,
    /// Given back when the stream ends.
    pub place: Place,
}

#[derive(Debug, Default)]
enum State {
    /// Requests are answered as usual.
    #[default]
    Idle,
    /// A handler left a stream; its head is not yet written.
    Left(Frames),
    /// The head is in the connection's buffer.
    Begun(Frames),
    /// The buffer is empty: the socket can go.
    Sent(Frames),
}

/// Where a handler leaves a stream for its connection; one for each connection.
#[derive(Clone, Debug, Default)]
pub struct Handover(Arc<Mutex<State>>);

impl Handover {
    /// Leaves a stream, and returns the body that stands for it meanwhile.
    pub fn leave(&self, frames: Frames) -> Body {
        *self.state() = State::Left(frames);
        Body::new(Placeholder(self.clone()))
    }

    /// Takes the stream whose head is sent, if there is one.
    pub fn take(&self) -> Option<Frames> {
        let mut state = self.state();
        match std::mem::take(&mut *state) {
            State::Sent(frames) => Some(frames),
            other @ (State::Idle | State::Left(_) | State::Begun(_)) => {
                *state = other;
                None
            }
        }
    }

    /// The body was asked for content, so the head is written to the buffer.
    fn begin(&self) {
        let mut state = self.state();
        *state = match std::mem::take(&mut *state) {
            State::Left(frames) => State::Begun(frames),
            other @ (State::Idle | State::Begun(_) | State::Sent(_)) => other,
        };
    }

    /// The buffer is empty.
    fn flushed(&self) {
        let mut state = self.state();
        *state = match std::mem::take(&mut *state) {
            State::Begun(frames) => State::Sent(frames),
            other @ (State::Idle | State::Left(_) | State::Sent(_)) => other,
        };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body that never yields: the frames go another way.
struct Placeholder(Handover);

impl hyper::body::Body for Placeholder {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.begin();
        Poll::Pending
    }
}

impl Drop for Placeholder {
    /// An answer that was given up, or one to `HEAD`, leaves no stream behind.
    fn drop(&mut self) {
        let mut state = self.0.state();
        if matches!(*state, State::Left(_) | State::Begun(_)) {
            *state = State::Idle;
        }
    }
}

/// A socket that notices when everything written to it has gone out.
pub struct Watched {
    socket: TokioIo<TcpStream>,
    handover: Handover,
}

impl Watched {
    /// Watches a socket.
    pub fn new(socket: TcpStream, handover: Handover) -> Self {
        Self { socket: TokioIo::new(socket), handover }
    }

    /// Returns the socket.
    pub fn into_socket(self) -> TcpStream {
        self.socket.into_inner()
    }
}

impl Read for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl Write for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    /// hyper calls this only when it has nothing left to write.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(context);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.handover.flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(context, bytes)
    }
}

/// Passes frames on until the feed ends the stream, the reader goes away or talks, or does not take them in time.
pub async fn pass_on(mut socket: TcpStream, mut frames: Frames) {
    let mut unasked = 0;
    loop {
        tokio::select! {
            frame = frames.waiting.recv() => {
                let batch = batch(frame, &mut frames.waiting, frames.framing);
                let sent = tokio::time::timeout(WRITE_WITHIN, socket.write_all(&batch.bytes)).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return;
                }
                if batch.is_last {
                    // The reader may be gone already, which is as good.
                    let _ = socket.shutdown().await;
                    return;
                }
            }
            readable = socket.readable() => {
                unasked += match readable.and_then(|()| read_away(&socket)) {
                    Ok(count) => count,
                    Err(_) => return,
                };
                if unasked > UNASKED_BYTES_MAX {
                    return;
                }
            }
        }
    }
}

/// Reads and forgets what a reader says, and returns how many bytes it was; an error means that they are gone.
fn read_away(socket: &TcpStream) -> io::Result<usize> {
    let mut unread = [0; 64];
    match socket.try_read(&mut unread) {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        read => read,
    }
}

struct Batch {
    bytes: Vec<u8>,
    is_last: bool,
}

/// Puts a frame and those that wait behind it into one write.
fn batch(first: Option<Bytes>, waiting: &mut mpsc::Receiver<Bytes>, framing: Framing) -> Batch {
    let mut content = Vec::new();
    let mut next = first;
    let is_last = next.is_none();
    while let Some(frame) = next.take() {
        content.extend_from_slice(&frame);
        if content.len() < BATCH_BYTES {
            next = waiting.try_recv().ok();
        }
    }
    let bytes = match framing {
        Framing::Close => content,
        Framing::Chunks => {
            let mut bytes = Vec::with_capacity(content.len() + 16);
            if !content.is_empty() {
                bytes.extend_from_slice(format!("{:x}\r\n", content.len()).as_bytes());
                bytes.extend_from_slice(&content);
                bytes.extend_from_slice(b"\r\n");
            }
            if is_last {
                bytes.extend_from_slice(b"0\r\n\r\n");
            }
            bytes
        }
    };
    Batch { bytes, is_last }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_wait_go_out_in_one_chunk() {
        let (sender, mut waiting) = mpsc::channel(4);
        sender.try_send(Bytes::from_static(b"two")).unwrap();
        let sent = batch(Some(Bytes::from_static(b"one")), &mut waiting, Framing::Chunks);
        assert_eq!((sent.bytes.as_slice(), sent.is_last), (b"6\r\nonetwo\r\n".as_slice(), false));
        let end = batch(None, &mut waiting, Framing::Chunks);
        assert_eq!((end.bytes.as_slice(), end.is_last), (b"0\r\n\r\n".as_slice(), true));
        let end = batch(None, &mut waiting, Framing::Close);
        assert_eq!((end.bytes.as_slice(), end.is_last), (b"".as_slice(), true));
    }
}
