//! A file system that is really full: nothing acknowledged is lost, reading goes on, and room is all that it needs.
//!
//! The server runs on a small file system of its own, in a mount namespace of its own, so that nothing else is filled.
//! Linux only, like the namespaces; whoever may not make one is told so, and the test fails.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use outer::http::{Answer, As, Connection, Request};
use outer::server::{self, Server};
use serde_json::json;

/// How large the file system is: a demo and some hundred messages fit.
const SIZE: &str = "size=24m";

/// How many messages may be written before the disk must be full; the write-ahead log has some room of its own.
const MESSAGES_MAX: usize = 20_000;

/// How often something is asked again in a row, while the server asks to wait: for some seconds.
const ASKED_AGAIN_MAX: usize = 1_000_000;

const ME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[test]
fn a_disk_that_is_full_costs_nothing_acknowledged_and_room_mends_it() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    let log = folder.path().join("server.log");
    let mut command = Command::new("unshare");
    let script = "mount -t tmpfs -o \"$1\" baton \"$2\" && shift 2 && exec \"$@\"";
    command
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", SIZE])
        .arg(&data)
        .arg(server::binary()?)
        .env("BATON_DEMO", "true");
    let server = Server::start(command, &data, &log)
        .with_context(|| std::fs::read_to_string(&log).unwrap_or_default())
        .context("this test needs `unshare` and the right to make a user namespace")?;
    // What the server sees as its folder, seen from outside.
    let inside = PathBuf::from(format!("/proc/{}/root", server.pid())).join(data.strip_prefix("/")?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(fill_and_make_room(&server, &inside))?;
    server.stop()
}

/// Asks until it is heard: whoever writes this fast is asked to wait.
async fn heard(connection: &mut Connection, request: &Request) -> anyhow::Result<Answer> {
    for _ in 0..ASKED_AGAIN_MAX {
        let answer = connection.ask(request).await?;
        if answer.status != 429 {
            return Ok(answer);
        }
        tokio::task::yield_now().await;
    }
    bail!("the server asked to wait {ASKED_AGAIN_MAX} times in a row")
}

async fn fill_and_make_room(server: &Server, inside: &Path) -> anyhow::Result<()> {
    let mut connection = Connection::open(server.address, ME).await?;
    let start = Request::change("POST", "/api/chat", As::Nobody, json!({"name": "Ada", "text": "Hello 0"}));
    let started = connection.ask(&start.keyed("key-of-the-start")).await?;
    ensure!(started.is_done(), "{started:?}");
    let customer = As::Customer(started.body["token"].as_str().context("it has a token")?.to_owned());
    let say = |number: usize| {
        let body = json!({ "text": format!("Hello {number}") });
        let request = Request::change("POST", "/api/chat/messages", customer.clone(), body);
        request.keyed(format!("key-number-{number}"))
    };

    let ballast = inside.join("ballast");
    let mut said = 0;
    let refused = loop {
        // The server may have given room back meanwhile.
        fill(&ballast)?;
        ensure!(said < MESSAGES_MAX, "the disk is never full");
        let answer = heard(&mut connection, &say(said + 1)).await?;
        if answer.status != 201 {
            break answer;
        }
        said += 1;
    };
    ensure!((refused.status, refused.code()) == (503, "not_committed"), "{refused:?}");

    let wanted = |last: usize| (0..=last).map(|number| format!("Hello {number}")).collect::<Vec<_>>();
    ensure!(
        transcript(&mut connection, &customer).await? == wanted(said),
        "reading goes on, nothing is lost"
    );

    std::fs::remove_file(&ballast)?;
    let repeated = heard(&mut connection, &say(said + 1)).await?;
    ensure!(repeated.status == 201, "room is all that it needs: {repeated:?}");
    ensure!(
        transcript(&mut connection, &customer).await? == wanted(said + 1),
        "what was refused is said once"
    );
    let ended =
        Request::change("POST", "/api/chat/closure", customer.clone(), json!({})).keyed("key-of-the-end");
    let ended = connection.ask(&ended).await?;
    ensure!(ended.is_done(), "{ended:?}");
    Ok(())
}

/// Writes until there is no room left.
fn fill(ballast: &Path) -> anyhow::Result<()> {
    let mut file = File::options().create(true).append(true).open(ballast)?;
    for size in [65_536, 4_096, 1] {
        loop {
            match file.write_all(&vec![0; size]) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// Returns all that was said, oldest first.
async fn transcript(connection: &mut Connection, customer: &As) -> anyhow::Result<Vec<String>> {
    let mut texts: Vec<String> = Vec::new();
    let mut before = String::new();
    loop {
        let path = format!("/api/chat/messages?{before}limit=50");
        let page = connection.ask(&Request::get(path, customer.clone())).await?;
        ensure!(page.is_done(), "{page:?}");
        let messages = page.body["messages"].as_array().context("a page has messages")?.clone();
        let Some(first) = messages.first() else { return Ok(texts) };
        before = format!("before={}&", first["seq"]);
        let earlier = messages.iter().map(|message| message["text"].as_str().unwrap_or("").to_owned());
        texts = earlier.chain(texts).collect();
        if page.body["more"] != true {
            return Ok(texts);
        }
    }
}
