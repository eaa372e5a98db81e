//! How mail is sent, and where reports may go.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lettre::message::Mailbox;

use super::{Secret, is_loopback_host};

/// How mail is sent, and where reports may go.
#[derive(Clone, Debug, Args)]
pub struct MailArgs {
    /// The mail server that takes what Baton sends, such as `smtp.example`; without it no mail is sent. A password is read
    /// from `BATON_SMTP_PASSWORD` or from `--smtp-password-file`.
    #[arg(long, env = "BATON_SMTP_HOST")]
    pub smtp_host: Option<String>,
    /// Its port; 465 for `tls`, 587 for `starttls` and 25 for `none` unless given.
    #[arg(long, env = "BATON_SMTP_PORT")]
    pub smtp_port: Option<u16>,
    /// How the connection is kept secret; `none` only to this machine.
    #[arg(long, env = "BATON_SMTP_TLS", value_enum, default_value_t = SmtpTls::Starttls)]
    pub smtp_tls: SmtpTls,
    /// Whom Baton signs in as there, if it does.
    #[arg(long, env = "BATON_SMTP_USER")]
    pub smtp_user: Option<String>,
    /// The file whose first line is the password.
    #[arg(long, env = "BATON_SMTP_PASSWORD_FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// Whom mail comes from, such as `Baton <baton@shop.example>`.
    #[arg(long, env = "BATON_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// The domains to which supervisors may have reports sent, such as `shop.example`, separated by commas.
    #[arg(long, env = "BATON_REPORT_DOMAINS", value_delimiter = ',')]
    pub report_domains: Vec<String>,
}

/// How a connection to a mail server is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SmtpTls {
    /// By TLS from the beginning.
    Tls,
    /// By TLS before anything is said; a server that cannot is not used.
    Starttls,
    /// Not at all.
    None,
}

/// Says what is wrong with the configuration of mail, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailConfigError {
    /// Of server and sender one is missing.
    #[error("mail needs both --smtp-host and --mail-from")]
    Incomplete,
    /// The sender is no address.
    #[error("`{given}` is no sender; give --mail-from as `Baton <baton@shop.example>`")]
    From {
        /// What was given.
        given: String,
    },
    /// Mail would travel in the clear.
    #[error(
        "mail to `{host}` would travel in the clear; use --smtp-tls starttls or tls, or a server on this machine"
    )]
    InTheClear {
        /// The server that was given.
        host: String,
    },
    /// Of user and password one is missing, or the file cannot be read.
    #[error(
        "signing in at the mail server needs --smtp-user, and BATON_SMTP_PASSWORD or a readable --smtp-password-file"
    )]
    SignIn,
    /// A domain is none.
    #[error("`{given}` is no domain; give --report-domains as `shop.example`, separated by commas")]
    Domain {
        /// What was given.
        given: String,
    },
}

/// A mail server that takes what Baton sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept secret.
    pub tls: SmtpTls,
    /// Whom Baton signs in as there, with the password.
    pub sign_in: Option<(String, Secret)>,
    /// Whom mail comes from.
    pub from: Mailbox,
}

impl MailArgs {
    /// Returns the mail server, if one is configured.
    pub(super) fn server(&self, password: Option<Secret>) -> Result<Option<MailServer>, MailConfigError> {
        let (host, from) = match (&self.smtp_host, &self.mail_from) {
            (Some(host), Some(from)) => (host.clone(), from),
            (None, None) => return Ok(None),
            (Some(_), None) | (None, Some(_)) => return Err(MailConfigError::Incomplete),
        };
        let from = from.parse().map_err(|_| MailConfigError::From { given: from.clone() })?;
        let own_port = match self.smtp_tls {
            SmtpTls::Tls => 465,
            SmtpTls::Starttls => 587,
            SmtpTls::None if is_loopback_host(&host) => 25,
            SmtpTls::None => return Err(MailConfigError::InTheClear { host }),
        };
        let sign_in = match (&self.smtp_user, self.password(password)?) {
            (Some(user), Some(password)) => Some((user.clone(), password)),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(MailConfigError::SignIn),
        };
        Ok(Some(MailServer {
            host,
            port: self.smtp_port.unwrap_or(own_port),
            tls: self.smtp_tls,
            sign_in,
            from,
        }))
    }

    fn password(&self, given: Option<Secret>) -> Result<Option<Secret>, MailConfigError> {
        let Some(path) = &self.smtp_password_file else { return Ok(given) };
        let text = std::fs::read_to_string(path).map_err(|_| MailConfigError::SignIn)?;
        let line = text.lines().next().filter(|line| !line.is_empty()).ok_or(MailConfigError::SignIn)?;
        Ok(Some(Secret::new(line.to_owned())))
    }

    /// Returns the domains to which supervisors may have reports sent, in lower case.
    pub(super) fn domains(&self) -> Result<Vec<String>, MailConfigError> {
        let domain = |given: &String| {
            let known = |one: char| one.is_ascii_alphanumeric() || one == '.' || one == '-';
            let usable = given.contains(known) && given.chars().all(known) && !given.starts_with('.');
            usable
                .then(|| given.to_ascii_lowercase())
                .ok_or_else(|| MailConfigError::Domain { given: given.clone() })
        };
        self.report_domains.iter().map(domain).collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        mail: MailArgs,
    }

    fn args(arguments: &[&str]) -> MailArgs {
        Line::try_parse_from(["baton"].iter().chain(arguments)).expect("the line is sound").mail
    }

    fn server(arguments: &[&str]) -> Result<Option<MailServer>, MailConfigError> {
        args(arguments).server(None)
    }

    const FROM: [&str; 2] = ["--mail-from", "Baton <baton@shop.example>"];

    fn with_from(arguments: &[&str]) -> Result<Option<MailServer>, MailConfigError> {
        server(&[&FROM, arguments].concat())
    }

    #[test]
    fn mail_is_sent_through_tls_or_from_this_machine() {
        assert_eq!(server(&[]), Ok(None));
        let found = with_from(&["--smtp-host", "smtp.example"]).unwrap().unwrap();
        assert_eq!((found.port, found.tls), (587, SmtpTls::Starttls));
        assert_eq!(found.from.to_string(), "Baton <baton@shop.example>");
        let wrapped = with_from(&["--smtp-host", "smtp.example", "--smtp-tls", "tls"]).unwrap().unwrap();
        assert_eq!(wrapped.port, 465);
        let own = with_from(&["--smtp-host", "127.0.0.1", "--smtp-tls", "none", "--smtp-port", "2525"]);
        assert_eq!(own.unwrap().unwrap().port, 2525);
        let clear = with_from(&["--smtp-host", "smtp.example", "--smtp-tls", "none"]);
        assert_eq!(clear, Err(MailConfigError::InTheClear { host: "smtp.example".to_owned() }));
    }

    #[test]
    fn half_a_configuration_is_refused() {
        assert_eq!(server(&["--smtp-host", "smtp.example"]), Err(MailConfigError::Incomplete));
        assert_eq!(server(&FROM), Err(MailConfigError::Incomplete));
        assert!(matches!(
            server(&["--smtp-host", "smtp.example", "--mail-from", "nobody"]),
            Err(MailConfigError::From { .. })
        ));
        let user = ["--smtp-host", "smtp.example", "--smtp-user", "baton"];
        assert_eq!(with_from(&user), Err(MailConfigError::SignIn));
        let missing = [&user[..], &["--smtp-password-file", "/nowhere/at/all"]].concat();
        assert_eq!(with_from(&missing), Err(MailConfigError::SignIn));
    }

    #[test]
    fn a_password_is_the_first_line_of_its_file_and_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "hush hush\nmore\n").unwrap();
        let file = file.to_str().unwrap();
        let line = ["--smtp-host", "smtp.example", "--smtp-user", "baton", "--smtp-password-file", file];
        let found = with_from(&line).unwrap().unwrap();
        assert_eq!(found.sign_in, Some(("baton".to_owned(), Secret::new("hush hush".to_owned()))));
        assert!(!format!("{found:?}").contains("hush"));
    }

    #[test]
    fn domains_are_names_without_anything_around_them() {
        let domains = |given: &str| args(&["--report-domains", given]).domains();
        assert_eq!(domains("Shop.example,b.example").unwrap(), ["shop.example", "b.example"]);
        for wrong in ["https://shop.example", "@shop.example", "shop.example,", ".example"] {
            assert!(domains(wrong).is_err(), "{wrong}");
        }
    }
}
