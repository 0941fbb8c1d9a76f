//! What a request has to pass before the engine sees it: who may have a relay, how many, and towards whom.

use super::{Client, Holder, State};
use crate::credentials::User;
use crate::quota::Full;
use crate::request::{self, Verb};
use std::time::Instant;
use turn_server_proto::types::stun::attribute::ErrorCode;
use turn_server_proto::types::stun::message::Message;

/// The answer to a request the engine is not to see; none when there is nothing to say.
type Answer = Option<Vec<u8>>;

impl Client {
    /// The engine refuses by itself whoever it does not know; `Err` goes to those who have proved who they are and yet
    /// ask too much.
    pub(super) fn judge(&self, state: &mut State, verb: Verb, message: &Message<'_>) -> Result<(), Answer> {
        let Some(user) = self.shared.access.signer(message) else {
            if request::is_signed(message) {
                self.shared.refused(ErrorCode::UNAUTHORIZED);
            }
            return Ok(());
        };
        if !self.shared.admits(&user) {
            self.void(state, &user);
            return Ok(());
        }
        let judged = match verb {
            Verb::Allocate => {
                if let Some((transaction, answer)) = &state.granted
                    && *transaction == message.transaction_id()
                {
                    return Err(Some(answer.clone()));
                }
                self.may_allocate(state, &user, message)
            }
            Verb::Refresh => may_touch(state, &user),
            Verb::CreatePermission => {
                may_touch(state, &user).and_then(|()| self.may_reach(state, message, None))
            }
            Verb::ChannelBind => {
                let channel = request::channel(message);
                may_touch(state, &user).and_then(|()| self.may_reach(state, message, channel))
            }
        };
        judged.map_err(|code| {
            self.shared.refused(code);
            request::refusal(message, code, &user)
        })
    }

    /// Somebody may have no relay any more: the engine is to know nothing of them.
    fn void(&self, state: &mut State, user: &User) {
        self.shared.refused(ErrorCode::UNAUTHORIZED);
        if state.engine.knows(&user.name) {
            self.end(state);
        }
    }

    /// Takes the user's place in the quota. A name whose time is over is unknown to the engine.
    fn may_allocate(&self, state: &mut State, user: &User, message: &Message<'_>) -> Result<(), u16> {
        if let Some(code) = request::unsupported(message) {
            return Err(code);
        }
        if state.relay.is_some() {
            // The engine says that there is one already.
            return Ok(());
        }
        let is_over = user.expires_s <= self.shared.time.now_s();
        if state.engine.knows_other_than((!is_over).then_some(user.name.as_str())) {
            self.end(state);
        }
        if is_over {
            self.shared.refused(ErrorCode::UNAUTHORIZED);
            return Ok(());
        }
        if state.holder.is_some() {
            return Ok(());
        }
        let slot = self.shared.quota.take(user.owner()).map_err(|full| match full {
            Full::User => ErrorCode::ALLOCATION_QUOTA_REACHED,
            Full::Server => ErrorCode::INSUFFICIENT_CAPACITY,
        })?;
        state.engine.admit(user);
        state.holder = Some(Holder { user: user.clone(), since: Instant::now(), _slot: slot });
        Ok(())
    }

    fn may_reach(&self, state: &mut State, message: &Message<'_>, channel: Option<u16>) -> Result<(), u16> {
        let Some(relay) = &mut state.relay else {
            return Ok(());
        };
        let peers = request::peers(message);
        if !peers.iter().all(|peer| self.shared.reachable(*peer)) {
            return Err(ErrorCode::FORBIDDEN);
        }
        relay.peers.admit(&peers, channel, Instant::now())
    }
}

/// A relay belongs to the name it was opened with (RFC 8656 §5). Without one, the engine says so.
fn may_touch(state: &State, user: &User) -> Result<(), u16> {
    match (&state.holder, &state.relay) {
        (Some(holder), Some(_)) if holder.user.name != user.name => Err(ErrorCode::WRONG_CREDENTIALS),
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}
