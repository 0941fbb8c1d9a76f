//! Ring and ring-back, made of sine waves: no file to load. A browser lets a page sound only after a gesture; without
//! one the ring is to be seen and not to be heard.

use bandyer_core::effect::Tone;
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::{Interval, Timeout};
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::{AudioContext, BaseAudioContext, OscillatorType, Window};

/// One beep: when it begins and how long it is in seconds, its frequency in Hz, and how loud it is (0 to 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beep {
    pub at: f64,
    pub length: f64,
    pub hz: f32,
    pub gain: f32,
}

const fn beep(at: f64, length: f64, hz: f32, gain: f32) -> Beep {
    Beep { at, length, hz, gain }
}

/// A rising figure, twice, then a pause.
const RING: &[Beep] = &[
    beep(0.0, 0.18, 659.3, 0.22),
    beep(0.18, 0.18, 784.0, 0.22),
    beep(0.36, 0.34, 987.8, 0.22),
    beep(0.9, 0.18, 659.3, 0.22),
    beep(1.08, 0.18, 784.0, 0.22),
    beep(1.26, 0.34, 987.8, 0.22),
];
/// The European ring-back: one second in five.
const RING_BACK: &[Beep] = &[beep(0.0, 1.0, 425.0, 0.1)];

/// The beeps of one turn, and after how many milliseconds the next one begins.
pub fn cadence(tone: Tone) -> (&'static [Beep], u32) {
    match tone {
        Tone::Ring => (RING, 3_200),
        Tone::RingBack => (RING_BACK, 5_000),
        Tone::Silence => (&[], 0),
    }
}

/// To open the loudspeaker halts the page for some 20 ms: the ring is shown first.
const BEGIN_MS: u32 = 60;

/// Sounds until dropped.
pub struct Tones {
    context: Rc<RefCell<Option<AudioContext>>>,
    turn: Rc<RefCell<Option<Interval>>>,
    beginning: RefCell<Option<Timeout>>,
    _gestures: [EventListener; 2],
}

impl Tones {
    pub fn new(window: &Window) -> Self {
        let context: Rc<RefCell<Option<AudioContext>>> = Rc::default();
        let on_gesture = |name| {
            let context = Rc::clone(&context);
            EventListener::new_with_options(
                window,
                name,
                EventListenerOptions::run_in_capture_phase(),
                move |_| {
                    wake(&context);
                },
            )
        };
        let gestures = [on_gesture("pointerdown"), on_gesture("keydown")];
        Self { context, turn: Rc::default(), beginning: RefCell::default(), _gestures: gestures }
    }

    pub fn play(&self, tone: Tone) {
        self.silence();
        let (beeps, every_ms) = cadence(tone);
        if beeps.is_empty() {
            return;
        }
        let (playing, turn) = (Rc::clone(&self.context), Rc::clone(&self.turn));
        let begin = move || {
            let Ok(context) = AudioContext::new() else { return };
            let _ = context.resume();
            schedule(&context, beeps, 0.05);
            let again = context.clone();
            *turn.borrow_mut() = Some(Interval::new(every_ms, move || schedule(&again, beeps, 0.0)));
            *playing.borrow_mut() = Some(context);
        };
        *self.beginning.borrow_mut() = Some(Timeout::new(BEGIN_MS, begin));
    }

    /// At once, in the middle of a beep too.
    pub fn silence(&self) {
        drop((self.beginning.take(), self.turn.take()));
        if let Some(context) = self.context.take() {
            let _ = context.close();
        }
    }
}

impl Drop for Tones {
    fn drop(&mut self) {
        self.silence();
    }
}

/// A gesture happened while it rings silently.
fn wake(context: &RefCell<Option<AudioContext>>) {
    if let Some(context) = &*context.borrow() {
        let _ = context.resume();
    }
}

/// Puts the beeps on the clock of a context; each swells and fades, so that it does not click.
pub fn schedule(context: &BaseAudioContext, beeps: &[Beep], delay: f64) {
    let now = context.current_time() + delay;
    for beep in beeps {
        let (Ok(oscillator), Ok(gain)) = (context.create_oscillator(), context.create_gain()) else { return };
        let (start, end) = (now + beep.at, now + beep.at + beep.length);
        oscillator.set_type(OscillatorType::Sine);
        oscillator.frequency().set_value(beep.hz);
        let level = gain.gain();
        let _ = level.set_value_at_time(0.0, start);
        let _ = level.linear_ramp_to_value_at_time(beep.gain, start + 0.02);
        let _ = level.set_value_at_time(beep.gain, (end - 0.05).max(start + 0.02));
        let _ = level.linear_ramp_to_value_at_time(0.0, end);
        let _ = oscillator.connect_with_audio_node(&gain);
        let _ = gain.connect_with_audio_node(&context.destination());
        let _ = oscillator.start_with_when(start);
        let _ = oscillator.stop_with_when(end + 0.02);
    }
}
