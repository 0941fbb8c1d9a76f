//! Signals on their way to the server, in their order. What the server has not confirmed is kept, so that a line that
//! was cut loses nothing; that the other side may hear something twice does no harm.

use bandyer_protocol::Signal;
use std::collections::VecDeque;

/// Signals that were said and may have to be said again, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Outbox {
    last: u32,
    waiting: VecDeque<Said>,
    /// The server asked for a pause: what is said meanwhile waits, to overtake nothing.
    pub pausing: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Said {
    number: u32,
    signal: Signal,
    /// The server has it, but not one that was said before.
    confirmed: bool,
}

impl Outbox {
    /// Takes a signal in and numbers it. Of what is sent only the newest matters, and so does of descriptions, with the
    /// candidates that belong to it.
    pub fn push(&mut self, signal: Signal) -> u32 {
        self.waiting.retain(|said| match (&said.signal, &signal) {
            (Signal::Media(_), Signal::Media(_)) | (Signal::Restart, Signal::Restart) => false,
            (Signal::Description { .. }, Signal::Description { .. }) => false,
            (Signal::Candidate { number: of, .. }, Signal::Description { number, .. }) => of == number,
            _ => true,
        });
        self.last = self.last.wrapping_add(1);
        self.waiting.push_back(Said { number: self.last, signal, confirmed: false });
        self.last
    }

    /// That signal describes a connection: without it there is none.
    pub fn is_description(&self, number: u32) -> bool {
        let said = self.waiting.iter().find(|said| said.number == number);
        said.is_some_and(|said| matches!(said.signal, Signal::Description { .. }))
    }

    /// The server has it, or never will.
    pub fn settled(&mut self, number: u32) {
        for said in self.waiting.iter_mut().filter(|said| said.number == number) {
            said.confirmed = true;
        }
        while self.waiting.front().is_some_and(|said| said.confirmed) {
            self.waiting.pop_front();
        }
    }

    /// What has to be said again, with its number.
    pub fn waiting(&self) -> impl Iterator<Item = (u32, &Signal)> {
        self.waiting.iter().map(|said| (said.number, &said.signal))
    }

    /// The call is over. Numbers go on: a late answer settles nothing of the next call.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.pausing = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::{MediaState, SdpKind};

    fn candidate(text: &str) -> Signal {
        numbered(1, text)
    }

    fn numbered(number: u64, text: &str) -> Signal {
        Signal::Candidate { candidate: text.into(), mid: None, line: None, number }
    }

    fn waiting(outbox: &Outbox) -> Vec<Signal> {
        outbox.waiting().map(|(_, signal)| signal.clone()).collect()
    }

    #[test]
    fn what_follows_a_hole_is_kept_to_be_said_again_in_order() {
        let mut outbox = Outbox::default();
        let numbers: Vec<u32> = ["a", "b", "c"].map(|text| outbox.push(candidate(text))).to_vec();
        outbox.settled(numbers[1]);
        assert_eq!(waiting(&outbox), ["a", "b", "c"].map(candidate));
        outbox.settled(numbers[0]);
        assert_eq!(waiting(&outbox), [candidate("c")]);
        outbox.clear();
        outbox.push(candidate("next call"));
        outbox.settled(numbers[2]);
        assert_eq!(waiting(&outbox), [candidate("next call")]);
    }

    #[test]
    fn an_older_description_and_its_candidates_are_not_said_again() {
        let mut outbox = Outbox::default();
        let offer = |number| Signal::Description { kind: SdpKind::Offer, number, sdp: "v=0".into() };
        for number in 1..=3 {
            outbox.push(offer(number));
            outbox.push(numbered(number, "a"));
        }
        assert_eq!(waiting(&outbox), [offer(3), numbered(3, "a")]);
    }

    #[test]
    fn an_older_word_about_what_is_sent_is_not_said_again() {
        let mut outbox = Outbox::default();
        let media = |mic| Signal::Media(MediaState { mic, ..MediaState::default() });
        outbox.push(media(true));
        outbox.push(candidate("a"));
        outbox.push(media(false));
        assert_eq!(waiting(&outbox), [candidate("a"), media(false)]);
    }
}
