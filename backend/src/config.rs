//! The command line and the environment, read once and validated; nothing else reads either.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use axum::http::Uri;
use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand};

mod mail;

pub use mail::{MailArgs, MailConfigError, MailServer, SmtpTls};

/// Where the metrics are served unless the command line says otherwise.
pub const METRICS_LISTEN: &str = "127.0.0.1:9464";

/// How long the summary model may take for its first word unless the command line says otherwise, in seconds.
pub const SUMMARY_FIRST_SECS: u64 = 8;

/// How long the summary model may take in all unless the command line says otherwise, in seconds.
pub const SUMMARY_SECS: u64 = 20;

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
    Serve(Box<ServeArgs>),
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
    /// Writes what the reports hold to a new file for other programs.
    #[command(subcommand)]
    Export(ExportAction),
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

/// What can be exported.
#[derive(Debug, Subcommand)]
pub enum ExportAction {
    /// Writes segments and transfers to a new SQLite file, while the server runs or stands still.
    Sql {
        /// Where the data is.
        #[command(flatten)]
        data: DataArgs,
        /// The file to write; it must not exist.
        target: PathBuf,
    },
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
    /// Sets somebody's password and signs them out; it is read from `BATON_ADMIN_PASSWORD`, or asked for.
    Password {
        /// Where the data is.
        #[command(flatten)]
        data: DataArgs,
        /// The address they sign in with.
        #[arg(long, env = "BATON_EMAIL")]
        email: String,
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
    /// The OpenAI-compatible endpoint that writes summaries, such as `https://llm.example/v1`; without it the server
    /// makes them itself. A key for it is read from `BATON_SUMMARY_KEY`.
    #[arg(long, env = "BATON_SUMMARY_URL")]
    pub summary_url: Option<String>,
    /// The model to ask there.
    #[arg(long, env = "BATON_SUMMARY_MODEL")]
    pub summary_model: Option<String>,
    /// How many seconds the model may take for its first word.
    #[arg(long, env = "BATON_SUMMARY_FIRST_SECS", default_value_t = SUMMARY_FIRST_SECS,
        value_parser = clap::value_parser!(u64).range(1..=120))]
    pub summary_first_secs: u64,
    /// How many seconds the model may take in all.
    #[arg(long, env = "BATON_SUMMARY_SECS", default_value_t = SUMMARY_SECS,
        value_parser = clap::value_parser!(u64).range(1..=120))]
    pub summary_secs: u64,
    /// How mail is sent.
    #[command(flatten)]
    pub mail: MailArgs,
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
    /// The address of the summary model is none.
    #[error(
        "`{given}` is no address of a model; give --summary-url as `https://llm.example/v1`, without a query"
    )]
    SummaryUrl {
        /// What was given.
        given: String,
    },
    /// Conversations would travel in the clear.
    #[error("`{given}` would get conversations in the clear; use https, or a model on this machine")]
    SummaryInTheClear {
        /// What was given.
        given: String,
    },
    /// Of address and model one is missing.
    #[error("summaries by a model need both --summary-url and --summary-model")]
    SummaryIncomplete,
    /// The configuration of mail is wrong.
    #[error(transparent)]
    Mail(#[from] MailConfigError),
}

/// Everything a running server is configured with, validated. Its secrets are not shown by `Debug`.
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
    /// The language model that writes summaries; without one the server makes them itself.
    pub summary_model: Option<SummaryModel>,
    /// The mail server that takes what Baton sends; without one no mail is sent.
    pub mail: Option<MailServer>,
    /// The domains to which supervisors may have reports sent, in lower case.
    pub report_domains: Vec<String>,
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
            summary_model: None,
            mail: None,
            report_domains: Vec::new(),
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
        let summary_model = SummaryModel::configured(&args)?;
        let config = Self {
            listen: args.listen,
            public_url,
            data: args.data.data,
            demo: args.demo,
            metrics_listen: args.metrics_listen,
            chat_queue: args.chat_queue.or_else(|| args.demo.then(|| DEMO_CHAT_QUEUE.to_owned())),
            chat_frame_ancestors: args.chat_frame_ancestors.iter().map(ancestor).collect::<Result<_, _>>()?,
            summary_model,
            mail: args.mail.server(smtp_password())?,
            report_domains: args.mail.domains()?,
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

/// A language model that writes summaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryModel {
    /// The endpoint, up to and without `/chat/completions`.
    pub url: String,
    /// What the model is called there.
    pub model: String,
    /// What the server proves itself with there.
    pub key: Option<Secret>,
    /// How long it may take for its first word.
    pub first_within: Duration,
    /// How long it may take in all.
    pub whole_within: Duration,
}

impl SummaryModel {
    fn configured(args: &ServeArgs) -> Result<Option<Self>, ConfigError> {
        let (given, model) = match (&args.summary_url, &args.summary_model) {
            (Some(url), Some(model)) => (url, model),
            (None, None) => return Ok(None),
            (Some(_), None) | (None, Some(_)) => return Err(ConfigError::SummaryIncomplete),
        };
        let wrong = || ConfigError::SummaryUrl { given: given.clone() };
        let uri: Uri = given.parse().map_err(|_| wrong())?;
        let authority = uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) | None => return Err(wrong()),
        };
        if authority.is_empty() || authority.contains('@') || uri.query().is_some() {
            return Err(wrong());
        }
        if !is_https && !is_loopback_host(authority) {
            return Err(ConfigError::SummaryInTheClear { given: given.clone() });
        }
        Ok(Some(Self {
            url: given.trim_end_matches('/').to_owned(),
            model: model.clone(),
            key: summary_key(),
            first_within: Duration::from_secs(args.summary_first_secs),
            whole_within: Duration::from_secs(args.summary_secs),
        }))
    }
}

/// A secret, which no log can show by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a secret.
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }

    /// Returns the secret.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
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

/// Returns the key of the summary model, if the environment holds one.
#[expect(clippy::disallowed_methods, reason = "the environment is read here")]
fn summary_key() -> Option<Secret> {
    std::env::var("BATON_SUMMARY_KEY").ok().filter(|key| !key.is_empty()).map(Secret::new)
}

/// Returns the password for the mail server, if the environment holds one.
#[expect(clippy::disallowed_methods, reason = "the environment is read here")]
fn smtp_password() -> Option<Secret> {
    std::env::var("BATON_SMTP_PASSWORD").ok().filter(|password| !password.is_empty()).map(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(arguments: &[&str]) -> Result<Config, ConfigError> {
        let cli = Cli::try_parse_from(["baton", "serve"].iter().chain(arguments)).unwrap();
        let Action::Serve(args) = cli.action else { unreachable!() };
        (*args).try_into()
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
    fn a_summary_model_is_reached_through_tls_or_on_this_machine() {
        let with = |url: &str| serve(&["--summary-url", url, "--summary-model", "small"]);
        let model = with("https://llm.example/v1/").unwrap().summary_model.unwrap();
        assert_eq!((model.url.as_str(), model.model.as_str()), ("https://llm.example/v1", "small"));
        assert_eq!(model.first_within + model.whole_within, Duration::from_secs(28));
        assert!(with("http://127.0.0.1:11434/v1").unwrap().summary_model.is_some());
        for url in ["http://llm.example/v1", "http://127.0.0.1.example/v1"] {
            assert!(matches!(with(url), Err(ConfigError::SummaryInTheClear { .. })), "{url}");
        }
        for url in ["llm.example", "ftp://llm.example", "https://me@llm.example", "https://llm.example/?a=b"]
        {
            assert!(matches!(with(url), Err(ConfigError::SummaryUrl { .. })), "{url}");
        }
        assert!(matches!(serve(&["--summary-model", "x"]), Err(ConfigError::SummaryIncomplete)));
        assert!(serve(&[]).unwrap().summary_model.is_none());
        assert!(!format!("{:?}", Secret::new("hush".to_owned())).contains("hush"));
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
