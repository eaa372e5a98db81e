//! How many requests read the store at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use baton::app::READERS_MAX;

use crate::app::TestApp;

#[tokio::test]
async fn more_than_a_bounded_number_wait_for_their_turn() {
    let app = TestApp::start();
    let (reading, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let come = Arc::new((Mutex::new(0), Condvar::new()));
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..READERS_MAX * 4 {
        let (reading, most, come, app) = (reading.clone(), most.clone(), come.clone(), app.app.clone());
        let read = move |app: &baton::app::App| {
            most.fetch_max(reading.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let (count, changed) = &*come;
            let mut count = count.lock().unwrap();
            *count += 1;
            changed.notify_all();
            // Nobody leaves before as many have come as may be here together.
            drop(changed.wait_while(count, |count| *count < READERS_MAX).unwrap());
            let head = app.store.read()?.head();
            reading.fetch_sub(1, Ordering::SeqCst);
            head
        };
        all.spawn(async move { app.with_store(read).await });
    }
    while let Some(read) = all.join_next().await {
        read.unwrap().unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), READERS_MAX);
}
