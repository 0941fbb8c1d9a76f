//! The description of the interface: complete, and readable without asking anybody else.

use crate::client::Api;
use serde_json::Value;

async fn document(api: &Api) -> Value {
    api.get("/openapi.json").await.json().await.unwrap()
}

#[tokio::test]
async fn every_route_is_described() {
    let api = Api::start().await;
    let document = document(&api).await;
    assert_eq!(document["openapi"], "3.1.0");
    let (mut described, mut ids) = (Vec::new(), std::collections::BTreeSet::new());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            described.push(format!("{method} {path}"));
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}");
            assert!(operation["tags"][0].is_string(), "{method} {path}");
            assert!(operation["responses"]["200"].is_object(), "{method} {path}");
            // Programs that are made out of the description name their functions by it.
            let id = operation["operationId"].as_str().unwrap().to_owned();
            assert!(ids.insert(id), "{method} {path}: {}", operation["operationId"]);
        }
    }
    described.sort();
    let mut expected = [
        "post /rest/sdk/credentials",
        "post /rest/user/create",
        "put /rest/user/update/{user_id}",
        "put /rest/user/update/all/permissions",
        "put /rest/user/avatar/update/{user_id}",
        "delete /rest/user/delete/{user_id}",
        "get /rest/user/list",
        "get /rest/user/list/{user_id}",
        "get /rest/user/{user_id}/chat/list",
        "get /rest/chat/messages",
        "post /rest/chat/messages",
        "post /rest/chat/add",
        "post /rest/chat/remove",
        "post /rest/room/create",
        "get /rest/room/list",
        "get /rest/room/info/{room_id}",
        "put /rest/room/disable/{room_id}",
        "delete /rest/room/delete/{room_id}",
        "get /rest/user/room/list/{user_id}",
        "get /rest/session/list",
        "get /rest/session/{session_id}",
        "get /rest/session/{session_id}/connection/list",
        "get /rest/user/{user_id}/session/list",
        "get /rest/token/check/{token}",
        "delete /rest/token/delete/{token}",
        "get /rest/activity",
        "post /rest/{version}/hook/configure",
        "get /rest/{version}/hook",
        "post /client/call-window",
        "post /client/ice",
        "post /client/uploads",
        "get /client/uploads/{id}",
        "post /client/uploads/{id}/link",
        "get /client/avatars/{file}",
    ];
    expected.sort_unstable();
    assert_eq!(described, expected);
}

#[tokio::test]
async fn every_reference_in_the_document_leads_somewhere() {
    let api = Api::start().await;
    let document = document(&api).await;
    let text = document.to_string();
    for part in text.split("\"$ref\":\"#/").skip(1) {
        let pointer = format!("/{}", part.split('"').next().unwrap());
        assert!(document.pointer(&pointer).is_some(), "{pointer}");
    }
    for scheme in ["apikey", "access_token"] {
        assert!(document["components"]["securitySchemes"][scheme].is_object(), "{scheme}");
    }
}

#[tokio::test]
async fn the_page_shows_it_without_a_script_and_without_anybody_else() {
    let api = Api::start().await;
    let response = api.get("/docs/api").await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    let html = response.text().await.unwrap();
    for (path, _) in document(&api).await["paths"].as_object().unwrap() {
        assert!(html.contains(path.as_str()), "{path}");
    }
    for code in ["invalid_token_expirations", "user_id_already_exists", "upload_too_large"] {
        assert!(html.contains(code), "{code}");
    }
    for never in ["<script", "src=\"http", "href=\"http", " style=", "onload="] {
        assert!(!html.contains(never), "{never}");
    }
    let style = api.get("/docs/api.css").await;
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
    let css = style.text().await.unwrap();
    assert!(css.contains("prefers-color-scheme: dark") && !css.contains("url(") && !css.contains("@import"));
}
