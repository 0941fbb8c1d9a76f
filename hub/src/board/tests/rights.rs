//! Who may do what to a board.

use super::*;

#[test]
fn nobody_draws_in_a_room_that_is_not_theirs() {
    let mut world = World::new();
    world.number(ANNA, vec![put("a")]);
    assert_eq!(world.refused(EVE, vec![put("b")]), ErrorCode::CallNotFound);
    let open = BoardRequest::Open { room: room(), after: 0, epoch: None, from: None };
    assert_eq!(world.ask(EVE, open.clone()).unwrap_err().code, ErrorCode::CallNotFound);
    let elsewhere = Scope { call: other_room(), chat: ChatId::parse("anna#bob").unwrap(), window: false };
    world.connect(SessionKey(9), "bob", Some(elsewhere));
    assert_eq!(world.ask(SessionKey(9), open.clone()).unwrap_err().code, ErrorCode::OutOfScope);
    world.connect(
        SessionKey(10),
        "bob",
        Some(Scope { call: room(), chat: ChatId::parse("anna#bob").unwrap(), window: false }),
    );
    world.open(SessionKey(10), 0, None);
    world.number(ANNA, vec![put("b")]);
    assert_eq!(world.heard.len(), 1, "who came by link hears of it");
    let close = AdminRequest::DisableRoom { room: room(), origin: String::new() };
    world.input(&Input::Admin(close));
    assert_eq!(world.refused(ANNA, vec![put("c")]), ErrorCode::CallNotFound);
    assert_eq!(world.open(ANNA, 0, None).shapes.len(), 2, "it can still be looked at");
}

#[test]
fn a_socket_hears_no_more_of_a_board_it_closed() {
    let mut world = World::new();
    world.open(BOB, 0, None);
    world.heard.clear();
    let message = BoardRequest::Close { room: room() }.into();
    world.input(&Input::Request { session: BOB, re: RequestId(7), message });
    assert_eq!(world.heard, [(BOB, ServerMessage::Done)]);
    world.number(ANNA, vec![put("a")]);
    assert_eq!(world.heard, []);
}

#[test]
fn a_tool_that_is_off_is_refused_by_name() {
    let everything = [
        ("wb_pen", put_kind("p", ShapeKind::Pen { points: Points::pack(&[StrokePoint::default()]) })),
        ("wb_shape", put_kind("p", ShapeKind::Arrow)),
        ("wb_text", put_kind("p", ShapeKind::Text)),
        (
            "wb_add_file",
            put_kind(
                "p",
                ShapeKind::Picture { upload: UploadId::parse("u").unwrap(), natural: Vector::new(1, 1) },
            ),
        ),
        ("wb_shape", set("a", turned(1))),
        ("wb_eraser", erase("a")),
        ("wb_eraser", restore("a")),
        ("wb_eraser", BoardOp::Clear { page: PageId::first() }),
        ("wb_eraser", page_set(None, None, Some(true))),
    ];
    for (word, op) in everything {
        let tool = Tool::EVERY.iter().find(|tool| tool.as_str() == word).unwrap();
        let mut world = World::with_tools(Some(Tools::ALL.with(*tool, false)));
        world.number(ANNA, vec![put("a")]);
        let refused = world.apply(BOB, vec![op]).unwrap_err();
        assert_eq!((refused.code, refused.tool.as_deref()), (ErrorCode::ToolNotAllowed, Some(word)));
    }
    let mut world = World::with_tools(Some(Tools::ALL.with(Tool::Whiteboard, false)));
    assert_eq!(world.refused(BOB, vec![put("a")]), ErrorCode::ToolNotAllowed);
    let open = BoardRequest::Open { room: room(), after: 0, epoch: None, from: None };
    assert_eq!(world.ask(BOB, open).unwrap_err().tool.as_deref(), Some("whiteboard"));
}

#[test]
fn who_can_put_nothing_on_a_page_leaves_pages_as_they_are() {
    let making = [Tool::WbPen, Tool::WbShape, Tool::WbText, Tool::WbAddFile];
    let none = making.into_iter().fold(Tools::ALL, |tools, tool| tools.with(tool, false));
    let another = || BoardOp::PutPage(Page { id: PageId::parse("2").unwrap(), ..first_page() });
    let ops = [another(), page_set(Some("Mine"), None, None), page_set(None, Some("a5"), Some(true))];
    let mut world = World::with_tools(Some(none));
    for op in ops {
        assert_eq!(world.refused(BOB, vec![op.clone()]), ErrorCode::ToolNotAllowed, "{op:?}");
    }
    world.number(ANNA, vec![another()]);
    world.number(BOB, vec![page_set(None, None, Some(true))]);
    assert_eq!(world.refused(BOB, vec![page_set(None, None, Some(false))]), ErrorCode::ToolNotAllowed);
    for tool in making {
        let mut world = World::with_tools(Some(none.with(tool, true)));
        world.number(BOB, vec![another(), page_set(Some("Mine"), None, None)]);
    }
}

#[test]
fn who_has_no_eraser_takes_back_what_he_drew_himself() {
    let mut world = World::with_tools(Some(Tools::ALL.with(Tool::WbEraser, false)));
    world.number(ANNA, vec![put("a")]);
    world.number(BOB, vec![put("b")]);
    world.number(BOB, vec![erase("b")]);
    world.number(BOB, vec![restore("b")]);
    assert_eq!(world.refused(BOB, vec![erase("a")]), ErrorCode::ToolNotAllowed);
}

#[test]
fn a_picture_must_have_been_uploaded_for_the_call_and_stays() {
    let mut world = World::new();
    let upload = |name: &str, place, picture| UploadRecord {
        place,
        owner: alias("anna"),
        attachment: Attachment {
            upload: UploadId::parse(name).unwrap(),
            name: "valve.png".into(),
            size: 9,
            media_type: "image/png".into(),
            picture,
        },
        created_at: NOW,
    };
    let elsewhere = UploadPlace::Call(CallAlias::parse("room_2").unwrap());
    for record in [
        upload("good", UploadPlace::Call(room()), true),
        upload("text", UploadPlace::Call(room()), false),
        upload("foreign", elsewhere, true),
    ] {
        world.write(Write::AddUpload(record));
    }
    let picture = |name: &str| {
        put_kind(
            name,
            ShapeKind::Picture { upload: UploadId::parse(name).unwrap(), natural: Vector::new(40, 30) },
        )
    };
    for name in ["text", "foreign", "none"] {
        assert_eq!(world.refused(ANNA, vec![picture(name)]), ErrorCode::UploadNotFound, "{name}");
    }
    world.number(BOB, vec![picture("good")]);
    let unsent = world.store.unsent_uploads(NOW.plus_ms(1)).unwrap();
    assert!(!unsent.contains(&UploadId::parse("good").unwrap()), "{unsent:?}");
}

#[test]
fn a_board_goes_with_its_room_its_chat_and_its_users() {
    let removals = [
        AdminRequest::DeleteRoom { room: room(), origin: String::new() },
        AdminRequest::RemoveChat { users: [alias("anna"), alias("bob")] },
        AdminRequest::DeleteUser(alias("bob")),
    ];
    for removal in removals {
        let mut world = World::new();
        world.input(&Input::Admin(AdminRequest::AddChat { by: alias("anna"), with: alias("bob") }));
        world.number(ANNA, vec![put("a")]);
        world.input(&Input::Admin(removal.clone()));
        assert_eq!(world.store.board(&room()).unwrap(), None, "{removal:?}");
        assert_eq!(world.shape("a"), None);
    }
}

#[test]
fn who_came_by_link_says_and_uploads_what_the_room_allows() {
    let chat = ChatId::parse("anna#bob").unwrap();
    let scope = || Some(Scope { call: room(), chat: chat.clone(), window: false });
    let picture = || Attachment {
        upload: UploadId::parse("u").unwrap(),
        name: "x.png".into(),
        size: 1,
        media_type: "image/png".into(),
        picture: true,
    };
    let say = |body| ChatRequest::SendMessage {
        chat: chat.clone(),
        client_id: ClientMessageId::parse("c").unwrap(),
        body,
    };
    for (tool, request) in [
        (Tool::Chat, say(MessageBody::Text("hi".into()))),
        (Tool::Chat, ChatRequest::Typing { chat: chat.clone() }),
        (Tool::FileUpload, say(MessageBody::File(picture()))),
    ] {
        let mut world = World::with_tools(Some(Tools::ALL.with(tool, false)));
        world.input(&Input::Admin(AdminRequest::AddChat { by: alias("anna"), with: alias("bob") }));
        world.connect(SessionKey(9), "bob", scope());
        let told = |world: &mut World, session| {
            world.heard.clear();
            world.input(&Input::Request { session, re: RequestId(7), message: request.clone().into() });
            world.heard.first().and_then(|(_, message)| match message {
                ServerMessage::Error(failure) => failure.tool.clone(),
                _ => None,
            })
        };
        assert_eq!(told(&mut world, SessionKey(9)).as_deref(), Some(tool.as_str()), "{request:?}");
        assert_eq!(told(&mut world, BOB), None, "the account is not the link");
    }
}
