//! Everything a running server consists of, put together once; tests put it together the same way.

use std::sync::{Arc, Mutex, PoisonError};

use baton_shared::command::Actor;
use baton_shared::{AgentId, Command, QueueId, Timestamp, TransferId};
use tokio::sync::{Semaphore, mpsc};

use crate::accounts::{Accounts, blocking};
use crate::clock::{self, Clock};
use crate::config::Config;
use crate::dispatcher::{self, Answer, CommandError, Dispatcher, Key, Request};
use crate::feed::{self, Feed};
use crate::following::Head;
use crate::http::assets::Assets;
use crate::http::limits::Limits;
use crate::http::streams::Streams;
use crate::ids::IdSource;
use crate::insights::Insights;
use crate::partners::{self, CALLS_WAITING_MAX};
use crate::routing::RoutingState;
use crate::schedules::{self, Schedules};
use crate::search::Searching;
use crate::store::{Store, StoreError};
use crate::summary::drafts::Drafts;
use crate::summary::model::Model;
use crate::telemetry::chain;
use crate::whatif::Stage;

/// How many requests read the store at once at most; more wait. Each that reads has a connection with files and a cache
/// of its own.
pub const READERS_MAX: usize = 32;

/// A running server, without its listener.
pub struct App {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Where commands go.
    pub dispatcher: Dispatcher,
    /// Where events come from.
    pub feed: Feed,
    /// What the time is.
    pub clock: Arc<dyn Clock>,
    /// Who may sign in.
    pub accounts: Accounts,
    /// What the server was started with.
    pub config: Config,
    /// The built web application.
    pub assets: Assets,
    /// How often one may ask.
    pub limits: Limits,
    /// Who has which streams open.
    pub streams: Arc<Streams>,
    /// Where conversations are looked for; nothing where the index could not be opened.
    pub search: Option<Searching>,
    /// The language model that writes summaries, where one is configured.
    pub summary_model: Option<Arc<Model>>,
    /// Which summaries were made.
    pub drafts: Arc<Drafts>,
    /// The transfers for which a partner is to be asked; whoever asks takes this, once.
    pub calls: Mutex<Option<mpsc::Receiver<TransferId>>>,
    /// Reports; nothing where their file could not be opened.
    pub insights: Option<Insights>,
    /// What scheduled reports are sent with.
    pub schedules: Arc<Schedules>,
    /// Where past days are played again, one at a time.
    pub stage: Stage,
    head: Head,
    readers: Semaphore,
}

/// The numbers that tell one start of the server from another.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// Stands in every cursor, so that those of another start are unknown.
    pub boot: u64,
    /// What ids are made from.
    pub id_seed: u64,
}

impl App {
    /// Starts the dispatcher on a store and puts everything around it.
    ///
    /// Everything shares one clock, which begins at the log's last time where the machine's stands behind it.
    pub fn build(
        config: Config,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        start: Start,
    ) -> anyhow::Result<Arc<Self>> {
        let clock = clock::from_no_earlier_than(store.load()?.work.at, clock);
        let assets = Assets::load();
        let feed = Feed::start(feed::Parts {
            store: store.clone(),
            clock: clock.clone(),
            boot: start.boot,
            build: assets.build().to_owned(),
        })?;
        let (calls, called) = mpsc::channel(CALLS_WAITING_MAX);
        let parts = dispatcher::Parts {
            store: store.clone(),
            clock: clock.clone(),
            ids: IdSource::from_seed(start.id_seed),
            feed: feed.clone(),
        };
        let head = Head::default();
        let search = Searching::start(&config.data, store.clone(), clock.clone(), &head);
        let search = search.inspect_err(|error| {
            tracing::error!(error = %chain(error), "nothing can be looked for; see to the cause and start again");
        });
        let dispatcher = Dispatcher::start_calling(parts, calls, head.clone())?;
        let insights = Insights::start(&config.data, store.clone(), clock.clone(), &head);
        let insights = insights.inspect_err(
            |error| tracing::error!(error = %chain(error), "there are no reports; see to the cause and start again"),
        );
        Ok(Arc::new(Self {
            insights: insights.ok(),
            accounts: Accounts::new(store.clone(), clock.clone())?,
            assets,
            limits: Limits::default(),
            streams: Arc::default(),
            search: search.ok(),
            summary_model: config.summary_model.clone().map(Model::new).transpose()?,
            drafts: Arc::default(),
            calls: Mutex::new(Some(called)),
            schedules: Arc::new(Schedules::new(&config)?),
            stage: Stage::default(),
            head,
            readers: Semaphore::new(READERS_MAX),
            store,
            dispatcher,
            feed,
            clock,
            config,
        }))
    }

    /// Returns the present.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Begins to ask partners for transfers, beside everything else; a second call does nothing.
    pub fn ask_partners(self: &Arc<Self>) {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner).take();
        let app = self.clone();
        tokio::spawn(async move {
            if let Some(calls) = calls
                && let Err(error) = partners::serve(app, calls).await
            {
                tracing::error!(error = %format!("{error:#}"), "partners cannot be asked");
            }
        });
    }

    /// Begins to send scheduled reports, beside everything else.
    pub fn send_reports(self: &Arc<Self>) {
        tokio::spawn(schedules::serve(Arc::downgrade(self)));
    }

    /// Asks the dispatcher for something and waits until it is committed or refused.
    pub async fn submit(
        &self,
        actor: Actor,
        key: Option<Key>,
        command: Command,
    ) -> Result<Answer, CommandError> {
        let answer = self.dispatcher.submit(Request { actor, key, command }).await;
        let outcome = match &answer {
            Ok(_) => "done",
            Err(CommandError::Refused(_)) => "refused",
            Err(CommandError::KeyReused) => "key_reused",
            Err(CommandError::NotCommitted) => "not_committed",
            Err(CommandError::Busy) => "busy",
            Err(CommandError::Stopping) => "stopping",
        };
        metrics::counter!("baton_commands_total", "outcome" => outcome).increment(1);
        answer
    }

    /// Runs something that reads the store, beside the requests; what runs must not ask for this again.
    pub async fn with_store<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        // The semaphore is never closed, so there is always a place to come.
        let _place = self.readers.acquire().await;
        let app = self.clone();
        blocking(move || work(&app)).await
    }

    /// Returns the queue in which customers' conversations begin: the configured one where it exists, else the
    /// alphabetically first one; nothing where there is no queue. It blocks.
    pub fn chat_queue(&self) -> Result<Option<QueueId>, StoreError> {
        let queues = self.store.read()?.queues()?;
        let wanted = self.config.chat_queue.as_deref();
        let chosen = queues.iter().find(|queue| Some(queue.name.as_str()) == wanted);
        Ok(chosen.or(queues.first()).map(|queue| queue.id))
    }

    /// Decides and commits what waits, ends every stream, and returns once nothing will be written any more.
    pub async fn stop(&self) {
        self.schedules.stop();
        self.feed.stop().await;
        self.dispatcher.stop().await;
        // Nothing is taken in after the stop, so the answer to one more command is the end of the loop.
        let _ = self.dispatcher.submit(nothing()).await;
        self.head.stop();
        if let Some(insights) = &self.insights {
            let follower = insights.follower();
            drop(tokio::task::spawn_blocking(move || follower.wait_for_end()).await);
        }
        if let Some(search) = &self.search {
            let follower = search.follower.clone();
            drop(tokio::task::spawn_blocking(move || follower.wait_for_end()).await);
        }
    }

    /// Says whether the store can be read and the dispatcher decides; it changes nothing.
    pub async fn is_ready(self: &Arc<Self>) -> bool {
        let readable = self.with_store(|app| app.store.read()?.head()).await.is_ok();
        let decided = self.dispatcher.submit(nothing()).await;
        readable && matches!(decided, Err(CommandError::Refused(_)))
    }
}

impl Drop for App {
    /// Lets those who follow the log end, also where nobody stopped the server.
    fn drop(&mut self) {
        self.schedules.stop();
        self.head.stop();
    }
}

/// A command about nobody: it goes all the way through the dispatcher, is refused, and changes nothing.
fn nothing() -> Request {
    let command = Command::EndLease { agent: AgentId::from_bits(0) };
    Request { actor: Actor::System, key: None, command }
}

/// Says whether replaying the whole log gives what the rows say, byte for byte, and up to which position.
pub fn verify(store: &dyn Store) -> Result<(u64, bool), StoreError> {
    let rows = RoutingState::from_open_work(store.load()?.work);
    let mut replayed = RoutingState::default();
    store.replay(0, &mut |recorded| {
        replayed.apply(&recorded);
        // What changed is of no interest here, and would be kept.
        replayed.take_touched();
    })?;
    Ok((replayed.position, replayed.canonical() == rows.canonical()))
}
