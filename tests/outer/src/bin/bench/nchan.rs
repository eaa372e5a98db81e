//! The reference of `fanout` and `memory`: nginx with nchan, as Debian builds it, with one worker.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::machine;

const NGINX: &str = "/usr/sbin/nginx";
const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// How long it may take to listen.
const START_WITHIN: Duration = Duration::from_secs(10);

/// How long to wait between two looks at whether it listens.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(10);

/// nginx with nchan; it is stopped when this is dropped.
pub struct Nchan {
    child: Child,
    _folder: TempDir,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Nchan {
    /// Starts it on a free port; its streams get a heartbeat every so many seconds.
    pub fn start(heartbeat_secs: u32) -> anyhow::Result<Self> {
        for needed in [NGINX, MODULE] {
            if !Path::new(needed).is_file() {
                bail!("`{needed}` is missing: install the packages nginx and libnginx-mod-nchan");
            }
        }
        let folder = tempfile::tempdir()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let config = folder.path().join("nginx.conf");
        std::fs::write(&config, config_text(folder.path(), address, heartbeat_secs))?;
        let log: PathBuf = folder.path().join("output.log");
        let child = machine::on_the_servers_processor(Path::new(NGINX))
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let nchan = Self { child, _folder: folder, address };
        let began = machine::now();
        while TcpStream::connect(address).is_err() {
            if began.elapsed() > START_WITHIN {
                bail!("nginx does not listen: {}", std::fs::read_to_string(&log).unwrap_or_default());
            }
            std::thread::park_timeout(LOOK_AGAIN_AFTER);
        }
        Ok(nchan)
    }

    /// Returns the number of the process that began it.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns the request that opens a stream of a channel.
    pub fn stream(&self, channel: &str) -> String {
        format!("GET /sub/{channel} HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\n\r\n", self.address)
    }

    /// Returns the request that publishes on a channel.
    pub fn publish(&self, channel: &str, text: &str) -> String {
        let (host, length) = (self.address, text.len());
        format!("POST /pub/{channel} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n{text}")
    }
}

impl Drop for Nchan {
    fn drop(&mut self) {
        // SIGTERM ends the workers too.
        let pid = self.pid().to_string();
        drop(Command::new("kill").args(["-TERM", &pid]).status());
        drop(self.child.wait());
    }
}

/// Returns the versions of nginx and of nchan.
pub fn version() -> anyhow::Result<String> {
    let said = Command::new(NGINX).arg("-v").output().context("nginx is missing")?;
    let said = String::from_utf8_lossy(&said.stderr);
    let nginx = said.trim().rsplit('/').next().unwrap_or("unknown").to_owned();
    let package = Command::new("dpkg-query").args(["-W", "-f", "${Version}", "libnginx-mod-nchan"]).output();
    let nchan = package.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default();
    let nchan = if nchan.is_empty() { "of unknown version".to_owned() } else { nchan };
    Ok(format!("nchan {nchan} in nginx {nginx}, one worker"))
}

fn config_text(folder: &Path, address: SocketAddr, heartbeat_secs: u32) -> String {
    let folder = folder.display();
    format!(
        "load_module {MODULE};
daemon off;
user root;
worker_processes 1;
worker_rlimit_nofile 65536;
pid {folder}/nginx.pid;
error_log {folder}/error.log error;
events {{ worker_connections 32768; multi_accept on; }}
http {{
    access_log off;
    tcp_nodelay on;
    keepalive_requests 100000000;
    keepalive_timeout 1h;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    nchan_shared_memory_size 512M;
    server {{
        listen {address} backlog=4096;
        location ~ ^/pub/(\\w+)$ {{
            nchan_publisher;
            nchan_channel_id $1;
            nchan_message_buffer_length 10;
        }}
        location ~ ^/sub/(\\w+)$ {{
            nchan_subscriber eventsource;
            nchan_channel_id $1;
            nchan_subscriber_first_message newest;
            nchan_eventsource_ping_interval {heartbeat_secs};
            nchan_eventsource_ping_event heartbeat;
            nchan_eventsource_ping_data beat;
        }}
    }}
}}
"
    )
}
