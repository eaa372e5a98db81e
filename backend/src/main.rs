//! The program: reads the command line, does what it says, and says in one sentence what went wrong.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use baton::accounts::{Passwords, random};
use baton::app::{self, App, Start};
use baton::clock::SystemClock;
use baton::config::{Action, AdminAction, Cli, Config, ExportAction, ServeArgs, admin_password};
use baton::dispatcher::CommandError;
use baton::store::sqlite::{self, SqliteStore};
use baton::{demo, http, insights, telemetry};
use baton_shared::command::Actor;
use baton_shared::{Command, Role};
use clap::Parser;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

// Conversations that wait fill tens of megabytes which are visited at random: this allocator lets the kernel back them with
// large pages. What it gives is in docs/benchmarks.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long what still runs may take after the server has stopped.
const STOP_WITHIN: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    match run(Cli::parse().action) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("baton: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(action: Action) -> anyhow::Result<()> {
    match action {
        Action::Serve(args) => {
            let runtime = runtime()?;
            let served = runtime.block_on(serve(*args));
            runtime.shutdown_timeout(STOP_WITHIN);
            served
        }
        Action::Backup { data, target } => {
            sqlite::backup(&data.data, &target)?;
            say(&format!("Wrote {}", target.display()))
        }
        Action::Restore { backup, data } => {
            sqlite::restore(&backup, &data.data)?;
            say(&format!("Restored {} into {}", backup.display(), data.data.display()))
        }
        Action::Export(ExportAction::Sql { data, target }) => {
            insights::export(&data.data, &target)?;
            say(&format!("Wrote {}", target.display()))
        }
        Action::Verify { data } => verify(&data.data),
        Action::Admin(AdminAction::Create { data, email, name }) => {
            runtime()?.block_on(create_administrator(&data.data, email, name))
        }
        Action::Admin(AdminAction::Password { data, email }) => {
            runtime()?.block_on(set_password(&data.data, &email))
        }
        Action::DemoCustomers(args) => runtime()?.block_on(demo::customers::play(args)),
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("threads could not be started")
}

async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    telemetry::log(&args.log, args.log_json)?;
    let config = Config::try_from(args)?;
    let listener = bind(&config).await?;
    let address = listener.local_addr()?;
    let metrics = telemetry::count()?;
    let app = build(config)?;
    if app.config.demo {
        demo::fill(&app).await?;
    }
    app.ask_partners();
    app.send_reports();
    tokio::spawn(telemetry::serve(app.config.metrics_listen, metrics));
    say(&format!("Baton is listening on http://{address}"))?;
    if app.config.demo {
        say(demo::SIGN_INS)?;
    } else {
        say_how_to_begin(&app).await?;
    }
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let stop = async {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    };
    http::server::serve(app, listener, http::server::connections_max(), stop).await;
    Ok(())
}

async fn bind(config: &Config) -> anyhow::Result<TcpListener> {
    use std::io::ErrorKind;
    let listen = config.listen;
    match TcpListener::bind(listen).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("port {} is taken; stop what listens there, or choose another with --listen", listen.port())
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            bail!("port {} is not for everyone; choose one above 1023 with --listen", listen.port())
        }
        Err(error) => Err(error).with_context(|| {
            format!("{listen} is not an address of this machine; choose another with --listen")
        }),
    }
}

fn build(config: Config) -> anyhow::Result<Arc<App>> {
    let store = SqliteStore::open(&config.data)?;
    let number =
        || Ok::<u64, anyhow::Error>(random()?.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes)));
    let start = Start { boot: number()?, id_seed: number()? };
    App::build(config, Arc::new(store), Arc::new(SystemClock::start()), start)
}

async fn say_how_to_begin(app: &Arc<App>) -> anyhow::Result<()> {
    let people = app.with_store(|app| app.store.read()?.people()).await?;
    if people.iter().any(|person| person.role == Role::Administrator && person.enabled) {
        return Ok(());
    }
    say(&format!(
        "Nobody can sign in yet. Stop the server, then add the first administrator:\n  \
         baton admin create --data {} --email you@example.com --name \"Your Name\"",
        app.config.data.display()
    ))
}

fn verify(data: &Path) -> anyhow::Result<()> {
    if !sqlite::is_there(data) {
        bail!("{} holds no data of Baton; name the folder that `baton serve --data` uses", data.display());
    }
    let store = SqliteStore::open(data)?;
    let (position, equal) = app::verify(&store)?;
    if !equal {
        bail!(
            "replaying the {position} events of the log gives something else than the rows; restore a backup"
        );
    }
    say(&format!("The log's {position} events and the rows agree."))
}

async fn create_administrator(data: &Path, email: String, name: String) -> anyhow::Result<()> {
    let app = build(Config::loopback(data))?;
    let password_hash = app.accounts.hash_password(password()?).await?;
    // Who sets things up need not answer customers; an administrator can give themselves room for it.
    let capacity = std::collections::BTreeMap::new();
    let role = Role::Administrator;
    let command = Command::AddPerson {
        name,
        email: email.clone(),
        password_hash,
        role,
        capacity,
        interruptible: Default::default(),
    };
    let added = app.submit(Actor::System, None, command).await;
    app.stop().await;
    match added {
        Ok(_) => say(&format!("Added the administrator {email}.")),
        Err(CommandError::Refused(refusal)) => bail!("{refusal}"),
        Err(error) => Err(error.into()),
    }
}

async fn set_password(data: &Path, email: &str) -> anyhow::Result<()> {
    if !sqlite::is_there(data) {
        bail!("{} holds no data of Baton; name the folder that `baton serve --data` uses", data.display());
    }
    let store = SqliteStore::open(data)?;
    let password_hash = Passwords::default().hash(password()?).await?;
    if !store.set_password(email, &password_hash)? {
        bail!("nobody signs in with {email}; check the address");
    }
    say(&format!("Set the password of {email}."))
}

/// Takes the password from the environment, from a pipe, or from someone at the keyboard.
fn password() -> anyhow::Result<String> {
    if let Some(password) = admin_password() {
        return Ok(password);
    }
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password("Password (8 to 256 characters): ")
            .context("no password was given");
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("no password was given")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Writes to standard output at once: whoever started the program may be waiting for the line.
fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).context("nobody reads the output")
}
