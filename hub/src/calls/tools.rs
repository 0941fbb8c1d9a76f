//! Which tools a user has in a room: those the room gives, of those whoever is in its call asked for.

use super::LiveState;
use crate::{Hub, Origin, Refusal};
use bandyer_protocol::{CallAlias, ChatRequest, ClientMessage, MessageBody, Tool, Tools, UserAlias};
use bandyer_records::{Reader, RoomRecord, StoreResult, Write};

impl Hub {
    /// What the user may do in the room of a call now; nothing in one that is none.
    pub(crate) fn tools_of(
        &self,
        user: &UserAlias,
        call: &CallAlias,
        reader: &dyn Reader,
    ) -> StoreResult<Tools> {
        let room = reader.room(call)?;
        Ok(room.map_or(Tools::NONE, |room| self.tools_in(user, &room)))
    }

    /// Whoever has only a link says no more in the chat than its room allows.
    pub(crate) fn tools_of_link(
        &self,
        user: &UserAlias,
        message: &ClientMessage,
        origin: Origin,
        reader: &dyn Reader,
    ) -> Result<(), Refusal> {
        let Some(scope) = self.roster.scope_of(origin.session) else { return Ok(()) };
        let ClientMessage::Chat(request) = message else { return Ok(()) };
        let tools = match request {
            ChatRequest::Typing { .. } => [Some(Tool::Chat), None],
            ChatRequest::SendMessage { body: MessageBody::File(_), .. } => {
                [Some(Tool::Chat), Some(Tool::FileUpload)]
            }
            ChatRequest::SendMessage { .. } => [Some(Tool::Chat), None],
            ChatRequest::MarkRead { .. }
            | ChatRequest::Add { .. }
            | ChatRequest::Remove { .. }
            | ChatRequest::FetchMessages { .. } => [None, None],
        };
        let given = self.tools_of(user, &scope.call, reader)?;
        Ok(tools.into_iter().flatten().try_for_each(|tool| given.need(tool))?)
    }

    /// What is uploaded for a call is a file for the other side, a picture for the board, or a snapshot.
    pub(crate) fn may_upload(
        &self,
        user: &UserAlias,
        call: &CallAlias,
        reader: &dyn Reader,
    ) -> Result<(), Refusal> {
        let given = self.tools_of(user, call, reader)?;
        let any = [Tool::WbAddFile, Tool::Snapshot].into_iter().any(|tool| given.has(tool));
        if any { Ok(()) } else { Ok(given.need(Tool::FileUpload)?) }
    }

    /// What the user may do in that room now.
    pub(crate) fn tools_in(&self, user: &UserAlias, room: &RoomRecord) -> Tools {
        let running = self.calls.get(&room.room).and_then(|state| {
            let side = state.side_of(user)?;
            state.sides[side].tools
        });
        running.unwrap_or_else(|| given_by(room, user))
    }
}

impl LiveState {
    /// Whoever comes in has what the room gives, or less, where they ask for less.
    pub(super) fn take_tools(&mut self, side: usize, room: &RoomRecord, asked: Option<Tools>) {
        let given = given_by(room, self.user(side));
        self.sides[side].tools = Some(given.within(asked));
    }

    /// Whoever accepts has what the room gives; a room that was made by the call gives what is asked for, from then on.
    pub(super) fn callee_tools(
        &mut self,
        side: usize,
        asked: Option<Tools>,
        reader: &dyn Reader,
    ) -> StoreResult<Option<Write>> {
        let Some(mut room) = reader.room(&self.call.call)? else { return Ok(None) };
        self.take_tools(side, &room, asked);
        if !room.dialed || self.tools(side) == given_by(&room, self.user(side)) {
            return Ok(None);
        }
        let (user, tools) = (self.user(side).clone(), self.sides[side].tools);
        room.participants.iter_mut().filter(|one| one.user == user).for_each(|one| one.tools = tools);
        Ok(Some(Write::PutRoom(room)))
    }

    /// The tools of the one at that side.
    pub(super) fn tools(&self, side: usize) -> Tools {
        self.sides[side].tools.unwrap_or(Tools::ALL)
    }
}

fn given_by(room: &RoomRecord, user: &UserAlias) -> Tools {
    let one = room.participants.iter().find(|one| &one.user == user);
    one.and_then(|one| one.tools).unwrap_or(Tools::ALL)
}

#[cfg(test)]
mod tests {
    use crate::calls::exploration::World;
    use bandyer_protocol::*;
    use bandyer_records::Reader;

    fn key(text: &str) -> ClientMessageId {
        ClientMessageId::parse(text).unwrap()
    }

    /// anna calls bob, and he accepts; each with some tools.
    fn talking(anna: Option<Tools>, bob: Option<Tools>) -> World {
        let mut world = World::new();
        let terms = CallTerms { tools: anna, ..CallTerms::default() };
        let callee = UserAlias::parse("bob").unwrap();
        world.ask(1, CallRequest::Create { key: key("k"), callee, terms });
        let call = world.call.clone().unwrap();
        world.ask(3, CallRequest::Accept { call, tools: bob });
        assert!(world.beliefs[&1].talking && world.beliefs[&3].talking);
        world
    }

    fn tools(world: &World, user: &str) -> Tools {
        let call = world.call.clone().unwrap();
        world.hub.tools_of(&UserAlias::parse(user).unwrap(), &call, &world.store).unwrap()
    }

    #[test]
    fn each_has_what_his_page_gives_over_a_restart_and_after_the_call() {
        let pen = Tools::NONE.with_board(true).with(Tool::WbText, false);
        let mut world = talking(Some(Tools::NONE), Some(pen));
        let all = |world: &World| (tools(world, "anna"), tools(world, "bob"));
        assert_eq!(all(&world), (Tools::NONE, pen));
        world.restart();
        assert_eq!(all(&world), (Tools::NONE, pen));
        world.wait(60_000);
        assert!(world.store.live_calls().unwrap().is_empty());
        assert_eq!(all(&world), (Tools::NONE, pen));
    }

    #[test]
    fn who_says_nothing_has_all_and_a_stranger_none() {
        let mut world = talking(None, None);
        assert_eq!((tools(&world, "anna"), tools(&world, "bob")), (Tools::ALL, Tools::ALL));
        world.call = Some(CallAlias::parse("room_none").unwrap());
        assert_eq!(tools(&world, "anna"), Tools::NONE);
    }
}
