//! A short tone made by the browser itself, so that nothing has to be loaded.

use std::cell::RefCell;

use web_sys::{AudioContext, OscillatorType};

thread_local! {
    static CONTEXT: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// Frequencies of the two notes of an offer, in hertz.
const OFFER: [f32; 2] = [660.0, 880.0];

/// The one note of a message, in hertz.
const MESSAGE: [f32; 1] = [560.0];

const NOTE_SECS: f64 = 0.16;
const VOLUME: f32 = 0.12;

/// Makes the browser ready to sound; browsers allow it only once a person has done something.
pub fn unlock() {
    CONTEXT.with_borrow_mut(|context| {
        if context.is_none() {
            *context = AudioContext::new().ok();
        }
        if let Some(context) = context {
            drop(context.resume());
        }
    });
}

/// Plays the two rising notes of an offer.
pub fn play_offer() {
    play(&OFFER);
}

/// Plays the one note of a message.
pub fn play_message() {
    play(&MESSAGE);
}

fn play(notes: &[f32]) {
    CONTEXT.with_borrow(|context| {
        if let Some(context) = context {
            for (place, frequency) in notes.iter().enumerate() {
                // A tone that cannot be played is missed by nobody who looks at the screen.
                let _played = tone(context, *frequency, place as f64 * NOTE_SECS);
            }
        }
    });
}

fn tone(context: &AudioContext, frequency: f32, delay_secs: f64) -> Option<()> {
    let oscillator = context.create_oscillator().ok()?;
    let gain = context.create_gain().ok()?;
    oscillator.set_type(OscillatorType::Sine);
    oscillator.frequency().set_value(frequency);
    let start = context.current_time() + delay_secs;
    gain.gain().set_value_at_time(VOLUME, start).ok()?;
    // A fading end does not click.
    gain.gain().exponential_ramp_to_value_at_time(0.001, start + NOTE_SECS).ok()?;
    oscillator.connect_with_audio_node(&gain).ok()?;
    gain.connect_with_audio_node(&context.destination()).ok()?;
    oscillator.start_with_when(start).ok()?;
    oscillator.stop_with_when(start + NOTE_SECS).ok()
}
