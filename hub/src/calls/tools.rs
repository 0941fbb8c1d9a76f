//! Which tools a user has in a room: those the room gives, of those whoever is in its call asked for.

use crate::Hub;
use bandyer_protocol::{Tools, UserAlias};
use bandyer_records::RoomRecord;

impl Hub {
    /// What the user may do in that room now.
    pub(crate) fn tools_in(&self, user: &UserAlias, room: &RoomRecord) -> Tools {
        let running = self.calls.get(&room.room).and_then(|state| {
            let side = state.side_of(user)?;
            state.sides[side].tools
        });
        running.unwrap_or_else(|| given_by(room, user))
    }
}

fn given_by(room: &RoomRecord, user: &UserAlias) -> Tools {
    let one = room.participants.iter().find(|one| &one.user == user);
    one.and_then(|one| one.tools).unwrap_or(Tools::ALL)
}
