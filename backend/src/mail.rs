//! Mail, handed to the one mail server that is configured.
//!
//! A letter has an id that stays the same whenever it is sent again, so that whoever gets it twice can tell.
//! Deliberately absent: a queue of its own. Whoever has something to send keeps it until it was taken, and tries again.

use std::time::{Duration, SystemTime};

use baton_shared::Timestamp;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::time::timeout;

use crate::config::{MailServer, PublicUrl, SmtpTls};

/// How long the mail server may take for one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// How long it may take to hand one letter over.
const SEND_WITHIN: Duration = Duration::from_secs(60);

/// Something to send.
pub struct Letter<'a> {
    /// What it is known by; the same whenever it is sent again. Letters, digits and `-_`.
    pub id: &'a str,
    /// To whom; each sees the others.
    pub to: &'a [String],
    /// What it is about.
    pub subject: &'a str,
    /// What it says, as plain text.
    pub text: String,
    /// What is added to it, if anything is.
    pub file: Option<Enclosed>,
    /// When it was written.
    pub at: Timestamp,
}

/// A file that is added to a letter.
pub struct Enclosed {
    /// What it is called.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// What is in it.
    pub content: Vec<u8>,
}

/// Why a letter was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It cannot be written: an address is none.
    #[error("the letter cannot be written as mail")]
    Unwritable,
    /// The server refused it, and will refuse it again.
    #[error("the mail server refused it with {code}")]
    Refused {
        /// The reply code, as `550`.
        code: String,
    },
    /// The server cannot take it at the moment.
    #[error("the mail server cannot take it now and answered with {code}")]
    Deferred {
        /// The reply code, as `451`.
        code: String,
    },
    /// The server did not answer in time.
    #[error("the mail server did not answer in time")]
    Late,
    /// The server cannot be reached, or a connection to it kept secret.
    #[error("the mail server cannot be reached")]
    Unreachable(#[source] lettre::transport::smtp::Error),
}

impl MailError {
    /// Says whether it may be taken at another time.
    pub const fn passes(&self) -> bool {
        match self {
            Self::Unwritable | Self::Refused { .. } => false,
            Self::Deferred { .. } | Self::Late | Self::Unreachable(_) => true,
        }
    }
}

impl From<lettre::transport::smtp::Error> for MailError {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        // Only the code: the words beside it may hold addresses.
        match error.status().map(|code| code.to_string()) {
            Some(code) if error.is_permanent() => Self::Refused { code },
            Some(code) => Self::Deferred { code },
            None if error.is_timeout() => Self::Late,
            None => Self::Unreachable(error),
        }
    }
}

/// Hands letters to a mail server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Returns what hands letters to a server, in the name of the host at which browsers reach Baton; each letter has a
    /// connection of its own.
    pub fn new(server: &MailServer, public_url: Option<&PublicUrl>) -> anyhow::Result<Self> {
        let parameters = || TlsParameters::new(server.host.clone());
        let tls = match server.tls {
            SmtpTls::Tls => Tls::Wrapper(parameters()?),
            SmtpTls::Starttls => Tls::Required(parameters()?),
            SmtpTls::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.as_str())
            .port(server.port)
            .tls(tls)
            .timeout(Some(ANSWER_WITHIN));
        let host = public_url.and_then(|url| url.authority.split(':').next());
        if let Some(host) = host.filter(|host| !host.starts_with('[')) {
            builder = builder.hello_name(ClientId::Domain(host.to_owned()));
        }
        if let Some((user, password)) = &server.sign_in {
            builder = builder.credentials(Credentials::new(user.clone(), password.reveal().to_owned()));
        }
        Ok(Self { transport: builder.build(), from: server.from.clone() })
    }

    /// Hands a letter over; once it returns, the server answers for it.
    pub async fn send(&self, letter: Letter<'_>) -> Result<(), MailError> {
        let message = self.written(letter)?;
        timeout(SEND_WITHIN, self.transport.send(message)).await.map_err(|_| MailError::Late)??;
        Ok(())
    }

    fn written(&self, letter: Letter<'_>) -> Result<Message, MailError> {
        let id = format!("<{}@{}>", letter.id, self.from.email.domain());
        let since_1970 = Duration::from_millis(u64::try_from(letter.at.as_millis()).unwrap_or(0));
        // A line break would begin another header.
        let subject = letter.subject.replace(char::is_control, " ");
        let mut builder = Message::builder()
            .from(self.from.clone())
            .date(SystemTime::UNIX_EPOCH + since_1970)
            .message_id(Some(id))
            .subject(subject);
        for address in letter.to {
            let address: Address = address.parse().map_err(|_| MailError::Unwritable)?;
            builder = builder.to(Mailbox::new(None, address));
        }
        let text = SinglePart::plain(letter.text);
        let written = match letter.file {
            None => builder.singlepart(text),
            Some(file) => {
                let media = ContentType::parse(file.media).map_err(|_| MailError::Unwritable)?;
                let enclosed = Attachment::new(file.name).body(file.content, media);
                builder.multipart(MultiPart::mixed().singlepart(text).singlepart(enclosed))
            }
        };
        written.map_err(|_| MailError::Unwritable)
    }
}

/// Says whether mail can be addressed to this.
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer() -> Mailer {
        let server = MailServer {
            host: "127.0.0.1".to_owned(),
            port: 1,
            tls: SmtpTls::None,
            sign_in: None,
            from: "Baton <baton@shop.example>".parse().expect("it is an address"),
        };
        Mailer::new(&server, None).expect("it needs nothing")
    }

    fn letter<'a>(to: &'a [String], subject: &'a str) -> Letter<'a> {
        let at = Timestamp::from_millis(1_795_248_930_120);
        let file = Enclosed { name: "a.csv".to_owned(), media: "text/csv", content: b"a\r\n1\r\n".to_vec() };
        Letter { id: "sch_1-7", to, subject, text: "Here it is.".to_owned(), file: Some(file), at }
    }

    #[test]
    fn a_letter_has_its_id_its_time_and_its_file() {
        let to = ["ada@shop.example".to_owned(), "bob@shop.example".to_owned()];
        let written = mailer().written(letter(&to, "Daily")).expect("it can be written").formatted();
        let text = String::from_utf8(written).expect("it is text");
        for part in [
            "Message-ID: <sch_1-7@shop.example>\r\n",
            "Date: Sat, 21 Nov 2026 ",
            "To: ada@shop.example, bob@shop.example\r\n",
            "Subject: Daily\r\n",
            "filename=\"a.csv\"",
            "Here it is.",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn a_subject_cannot_begin_another_header() {
        let to = ["ada@shop.example".to_owned()];
        let written =
            mailer().written(letter(&to, "Daily\r\nBcc: eve@example.com")).expect("it can be written");
        let text = String::from_utf8(written.formatted()).expect("it is text");
        assert!(!text.lines().any(|line| line.starts_with("Bcc")), "{text}");
        let nobody = ["ada@shop.example, eve@example.com".to_owned()];
        assert!(matches!(mailer().written(letter(&nobody, "Daily")), Err(MailError::Unwritable)));
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_may_be_there_later() {
        let to = ["ada@shop.example".to_owned()];
        let failed = mailer().send(letter(&to, "Daily")).await.expect_err("nothing listens there");
        assert!(failed.passes(), "{failed}");
    }
}
