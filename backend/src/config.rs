//! The command line and the environment, read once and validated; nothing else reads either.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use axum::http::Uri;
use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand};

/// Where the metrics are served unless the command line says otherwise.
pub const METRICS_LISTEN: &str = "127.0.0.1:9464";

/// The queue in which a demo's conversations begin.
pub const DEMO_CHAT_QUEUE: &str = "Technical support";

/// Baton: an agent desktop for messaging.
#[derive(Debug, Parser)]
#[command(name = "baton", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Serves the desk, the customer's page and the API.
    Serve(ServeArgs),
    /// Writes a copy of the data to a new file, while the server runs or stands still.
    Backup {
        /// Where the data is.
        #[command(flatten)]
        data: DataArgs,
        /// The file to write; it must not exist.
        target: PathBuf,
    },
    /// Puts a backup into an empty data folder.
    Restore {
        /// The file that `baton backup` wrote.
        backup: PathBuf,
        /// Where the data is.
        #[command(flatten)]
        data: DataArgs,
    },
    /// Replays the log and compares it with the rows.
    Verify {
        /// Where the data is.
        #[command(flatten)]
        data: DataArgs,
    },
    /// Administers the people who sign in.
    #[command(subcommand)]
    Admin(AdminAction),
    /// Plays customers who write to a running server.
    DemoCustomers(CustomersArgs),
}

/// What can be administered from the command line.
#[derive(Debug, Subcommand)]
pub enum AdminAction {
    /// Adds an administrator; the password is read from `BATON_ADMIN_PASSWORD`, or asked for.
    Create {
        /// Where the data is.
        #[command(flatten)]
        data: DataArgs,
        /// The address they sign in with.
        #[arg(long, env = "BATON_EMAIL")]
        email: String,
        /// What they are called.
        #[arg(long, env = "BATON_NAME")]
        name: String,
    },
}

/// Where the data is.
#[derive(Clone, Debug, Args)]
pub struct DataArgs {
    /// The folder that holds the data.
    #[arg(long, env = "BATON_DATA", default_value = "./baton-data")]
    pub data: PathBuf,
}

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, env = "BATON_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The address under which browsers reach the server, such as `https://desk.example`.
    #[arg(long, env = "BATON_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
    /// Fills an empty data folder with a working contact centre; loopback only.
    #[arg(long, env = "BATON_DEMO", value_parser = FalseyValueParser::new())]
    pub demo: bool,
    /// The loopback address that serves the metrics.
    #[arg(long, env = "BATON_METRICS_LISTEN", default_value = METRICS_LISTEN)]
    pub metrics_listen: SocketAddr,
    /// The queue in which customers' conversations begin; the alphabetically first one unless given.
    #[arg(long, env = "BATON_CHAT_QUEUE")]
    pub chat_queue: Option<String>,
    /// The sites that may show the chat in a frame, such as `https://shop.example`, separated by commas.
    #[arg(long, env = "BATON_CHAT_FRAME_ANCESTORS", value_delimiter = ',')]
    pub chat_frame_ancestors: Vec<String>,
    /// What to log, as `tracing` filters: `info`, `warn,baton=debug`.
    #[arg(long, env = "BATON_LOG", default_value = "info")]
    pub log: String,
    /// Logs one JSON object a line.
    #[arg(long, env = "BATON_LOG_JSON", value_parser = FalseyValueParser::new())]
    pub log_json: bool,
}

/// How to play customers.
#[derive(Clone, Debug, Args)]
pub struct CustomersArgs {
    /// The server to write to; loopback only.
    #[arg(long, env = "BATON_SERVER", default_value = "http://127.0.0.1:8080")]
    pub server: String,
    /// How many conversations begin in a minute.
    #[arg(long, env = "BATON_RATE", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub rate: u32,
    /// How many conversations to play; without it they go on until Ctrl-C.
    #[arg(long, env = "BATON_COUNT")]
    pub count: Option<u32>,
    /// Chooses who writes what: the same seed gives the same customers.
    #[arg(long, env = "BATON_SEED", default_value_t = 1)]
    pub seed: u64,
}

/// Says what is wrong with the configuration, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The public address is none.
    #[error(
        "`{given}` is no address for browsers; give --public-url as `https://desk.example`, without a path"
    )]
    PublicUrl {
        /// What was given.
        given: String,
    },
    /// The demo would be open to others.
    #[error(
        "a demo has known passwords and listens on loopback only; leave out --demo or use --listen 127.0.0.1:{port}"
    )]
    DemoBeyondLoopback {
        /// The port that was given.
        port: u16,
    },
    /// Sign-ins would travel in the clear.
    #[error(
        "listening on {listen} needs --public-url https://…, with a proxy that does TLS; without it only loopback is served"
    )]
    PlainBeyondLoopback {
        /// What was given.
        listen: SocketAddr,
    },
    /// The metrics would be open to others.
    #[error("metrics are served on loopback only; use --metrics-listen 127.0.0.1:{port}")]
    MetricsBeyondLoopback {
        /// The port that was given.
        port: u16,
    },
    /// A site that may frame the chat is none.
    #[error(
        "`{given}` is no site; give --chat-frame-ancestors as `https://shop.example`, separated by commas"
    )]
    FrameAncestor {
        /// What was given.
        given: String,
    },
}

/// Everything a running server is configured with, validated. It holds no secrets.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The address under which browsers reach the server; nothing means loopback in the clear.
    pub public_url: Option<PublicUrl>,
    /// The folder that holds the data.
    pub data: PathBuf,
    /// Whether the data folder is a demo.
    pub demo: bool,
    /// The loopback address that serves the metrics.
    pub metrics_listen: SocketAddr,
    /// The queue in which customers' conversations begin; the alphabetically first one unless given.
    pub chat_queue: Option<String>,
    /// The sites that may show the chat in a frame.
    pub chat_frame_ancestors: Vec<PublicUrl>,
}

impl Config {
    /// Returns what serves `data` on a free loopback port, without a demo.
    pub fn loopback(data: &Path) -> Self {
        let free_port = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            listen: free_port,
            public_url: None,
            data: data.to_path_buf(),
            demo: false,
            metrics_listen: free_port,
            chat_queue: None,
            chat_frame_ancestors: Vec::new(),
        }
    }

    /// Says whether browsers reach the server through TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.https)
    }
}

impl TryFrom<ServeArgs> for Config {
    type Error = ConfigError;

    fn try_from(args: ServeArgs) -> Result<Self, ConfigError> {
        let public_url = match &args.public_url {
            Some(given) => {
                Some(given.parse().map_err(|NoOrigin| ConfigError::PublicUrl { given: given.clone() })?)
            }
            None => None,
        };
        let ancestor = |given: &String| {
            given.parse().map_err(|NoOrigin| ConfigError::FrameAncestor { given: given.clone() })
        };
        let config = Self {
            listen: args.listen,
            public_url,
            data: args.data.data,
            demo: args.demo,
            metrics_listen: args.metrics_listen,
            chat_queue: args.chat_queue.or_else(|| args.demo.then(|| DEMO_CHAT_QUEUE.to_owned())),
            chat_frame_ancestors: args.chat_frame_ancestors.iter().map(ancestor).collect::<Result<_, _>>()?,
        };
        if config.demo && !config.listen.ip().is_loopback() {
            return Err(ConfigError::DemoBeyondLoopback { port: config.listen.port() });
        }
        if !config.listen.ip().is_loopback() && !config.is_https() {
            return Err(ConfigError::PlainBeyondLoopback { listen: config.listen });
        }
        if !config.metrics_listen.ip().is_loopback() {
            return Err(ConfigError::MetricsBeyondLoopback { port: config.metrics_listen.port() });
        }
        Ok(config)
    }
}

/// A scheme, a host and perhaps a port: what browsers call an origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// Whether the scheme is `https`.
    pub https: bool,
    /// The host, and the port where it is not the scheme's own.
    pub authority: String,
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

/// Says that a text is no scheme and host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoOrigin;

impl FromStr for PublicUrl {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        let uri: Uri = text.parse().map_err(|_| NoOrigin)?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) | None => return Err(NoOrigin),
        };
        let own_port = if https { 443 } else { 80 };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(NoOrigin)?.to_ascii_lowercase();
        let has_user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        if has_user || uri.path() != "/" || uri.query().is_some() {
            return Err(NoOrigin);
        }
        let authority = match uri.port_u16() {
            Some(port) if port != own_port => format!("{host}:{port}"),
            Some(_) | None => host,
        };
        Ok(Self { https, authority })
    }
}

/// Says whether a host, with or without a port, means this machine.
pub fn is_loopback_host(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !host.is_empty() => host,
        Some(_) | None => authority,
    };
    if let Some(inner) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return inner.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    }
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Returns the first administrator's password, if the environment holds it.
#[expect(clippy::disallowed_methods, reason = "the environment is read here")]
pub fn admin_password() -> Option<String> {
    std::env::var("BATON_ADMIN_PASSWORD").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(arguments: &[&str]) -> Result<Config, ConfigError> {
        let cli = Cli::try_parse_from(["baton", "serve"].iter().chain(arguments)).unwrap();
        let Action::Serve(args) = cli.action else { unreachable!() };
        args.try_into()
    }

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn a_demo_beyond_loopback_is_refused() {
        let refused = serve(&["--demo", "--listen", "0.0.0.0:8080"]).unwrap_err();
        assert_eq!(refused, ConfigError::DemoBeyondLoopback { port: 8080 });
    }

    #[test]
    fn beyond_loopback_asks_for_https() {
        assert!(serve(&["--listen", "0.0.0.0:80"]).is_err());
        assert!(serve(&["--listen", "0.0.0.0:80", "--public-url", "http://desk.example"]).is_err());
        assert!(serve(&["--listen", "0.0.0.0:80", "--public-url", "https://desk.example"]).is_ok());
    }

    #[test]
    fn a_public_url_is_an_origin() {
        let url: PublicUrl = "https://Desk.example:443/".parse().unwrap();
        assert_eq!(url.to_string(), "https://desk.example");
        for wrong in
            ["desk.example", "ftp://desk.example", "https://a@b", "https://desk.example/x", "https://"]
        {
            assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn loopback_hosts_are_known_by_name_and_number() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8080", "127.1.2.3", "[::1]:8080", "[::1]"] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in ["localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "", "[::2]", "::1x"] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
