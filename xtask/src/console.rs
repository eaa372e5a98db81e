//! What these commands say, how they start other programs, and how they measure time.

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Where words and the output of other programs go: the terminal, or a log file of one step.
pub struct Console {
    log: Option<PathBuf>,
}

impl Console {
    /// Returns a console that shows everything as it happens.
    pub fn terminal() -> Self {
        Self { log: None }
    }

    /// Returns a console that keeps everything in a new file.
    pub fn to_file(path: &Path) -> Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("could not create `{}`", folder.display()))?;
        }
        File::create(path).with_context(|| format!("could not create `{}`", path.display()))?;
        Ok(Self { log: Some(path.to_path_buf()) })
    }

    /// Says one line.
    pub fn say(&self, line: &str) {
        match self.open_log() {
            // A lost line of a log is not worth failing a build for.
            Ok(Some(mut log)) => drop(writeln!(log, "{line}")),
            Ok(None) | Err(_) => println!("{line}"),
        }
    }

    /// Runs a program to its end; an end without success is an error that names it.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        if let Some(log) = self.open_log()? {
            let log_of_errors = log.try_clone().context("could not share the log")?;
            command.stdin(Stdio::null()).stdout(log).stderr(log_of_errors);
        }
        let name = words_of(command);
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => bail!("`{name}` failed ({status})"),
            Err(error) if error.kind() == ErrorKind::NotFound => bail!("{}", advice_for(command)),
            Err(error) => Err(error).with_context(|| format!("could not start `{name}`")),
        }
    }

    /// Returns what the log holds; empty for the terminal.
    pub fn captured(&self) -> Result<String> {
        match &self.log {
            Some(path) => {
                let bytes =
                    std::fs::read(path).with_context(|| format!("could not read `{}`", path.display()))?;
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            }
            None => Ok(String::new()),
        }
    }

    fn open_log(&self) -> Result<Option<File>> {
        match &self.log {
            Some(path) => File::options()
                .append(true)
                .open(path)
                .map(Some)
                .with_context(|| format!("could not open `{}`", path.display())),
            None => Ok(None),
        }
    }
}

/// Runs a program quietly and returns its standard output, or nothing where it cannot or fails.
pub fn answer_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Measures how long something takes; its text is the time so far.
pub struct Stopwatch {
    started: Instant,
}

impl Stopwatch {
    /// Starts to measure.
    #[expect(clippy::disallowed_methods, reason = "the one place in these commands that reads the clock")]
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// Returns the time so far.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl fmt::Display for Stopwatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&time_text(self.elapsed()))
    }
}

/// Returns a duration as people write it: `4.2 s`, `3 min 07 s`.
pub fn time_text(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

fn words_of(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy();
    let mut words = program.into_owned();
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        // Scripts given on the command line are long and say nothing in a message.
        if argument.contains('\n') {
            words.push_str(" …");
            break;
        }
        words.push(' ');
        words.push_str(&argument);
    }
    words
}

fn advice_for(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    match program.as_ref() {
        "npm" | "npx" | "node" => {
            format!("{program} is missing: install Node.js 20 or newer, then run this again")
        }
        "rustup" => "rustup is missing: install it from https://rustup.rs, then run this again".to_owned(),
        other => format!("{other} is missing: install it, then run this again"),
    }
}
