//! The pages behind call links as HTML. Everything that people wrote is escaped here.

use super::words::Language;
use bandyer_records::{RoomRecord, UserRecord};
use serde_json::{Value, json};

const PAGE: &str = include_str!("page.html");

/// A good link, and what its page shows.
pub struct Invitation<'a> {
    pub room: &'a RoomRecord,
    pub me: &'a UserRecord,
    pub peer: &'a UserRecord,
    /// Enters without a click.
    pub direct: bool,
    /// The name the address gives the user, if it does.
    pub own_name: Option<&'a str>,
}

/// Light or dark, if the address says so.
#[derive(Debug, Clone, Copy)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "light" => Some(Theme::Light),
            "dark" => Some(Theme::Dark),
            _ => None,
        }
    }

    fn attribute(theme: Option<Self>) -> &'static str {
        match theme {
            Some(Theme::Light) => " data-theme=\"light\"",
            Some(Theme::Dark) => " data-theme=\"dark\"",
            None => "",
        }
    }
}

/// `data` goes to the page's script.
pub fn invitation(language: Language, theme: Option<Theme>, shown: &Invitation<'_>, data: &Value) -> String {
    let peer = full_name(shown.peer);
    let invited = shown.room.initiator.as_ref() == Some(&shown.peer.alias);
    let heading = language.with_name(if invited { "invited_by" } else { "call_with" }, &peer);
    let me = shown.own_name.map_or_else(|| full_name(shown.me), str::to_owned);
    let about = shown
        .room
        .description
        .as_deref()
        .map_or_else(String::new, |text| format!("<p class=\"about\">{}</p>", escaped(text)));
    let ready = format!(
        "<section class=\"state ready\"><div class=\"card\">{face}<h1 tabindex=\"-1\">{heading}</h1>\
         <p class=\"kind\">{kind}</p>{about}<button class=\"button\" type=\"button\" data-join>{join}</button>\
         <p class=\"note\">{me}</p><noscript><p class=\"note\">{scripts}</p></noscript></div></section>",
        face = face(shown.peer),
        heading = escaped(&heading),
        kind = escaped(language.text(shown.room.call_type.as_str())),
        join = escaped(language.text("join")),
        me = escaped(&language.with_name("as", &me)),
        scripts = escaped(language.text("scripts_needed")),
    );
    let busy = format!(
        "<section class=\"state busy\"><div class=\"card\" role=\"status\"><div class=\"wheel\"></div>\
         <h1 tabindex=\"-1\">{}</h1></div></section>",
        escaped(language.text("busy")),
    );
    let over = format!(
        "<section class=\"state over\"><div class=\"card\">{mark}<h1 tabindex=\"-1\">{over}</h1>\
         <p class=\"note\">{note}</p><button class=\"button\" type=\"button\" data-join>{again}</button></div></section>",
        mark = mark("✓"),
        over = escaped(language.text("over")),
        note = escaped(language.text("over_note")),
        again = escaped(language.text("join_again")),
    );
    let again = format!(
        "<button class=\"button\" type=\"button\" data-join>{}</button>",
        escaped(language.text("try_again"))
    );
    let content = format!(
        "{ready}{busy}{over}{problem}<main id=\"call\"></main>\
         <script type=\"application/json\" id=\"call-data\">{data}</script>",
        problem = problem_card(language, "", "", &again),
        data = inert(data),
    );
    let state = if shown.direct { "busy" } else { "ready" };
    page(language, theme, &heading, &scripts("connect.js"), state, &content)
}

/// The page in the window of a call. In which language is known when it is handed over; until then, as the browser asks.
/// `trusted`: a page that may hand a call over has led here.
pub fn window(language: Language, openers: &[String], trusted: bool) -> String {
    let word = |key: &str| format!("data-text=\"{key}\">{}<", escaped(language.text(key)));
    let button = |what: &str, key: &str| {
        format!("<button class=\"button\" type=\"button\" {what} {}/button>", word(key))
    };
    let ready = format!(
        "<section class=\"state ready\"><div class=\"card\"><h1 tabindex=\"-1\" {}/h1>{}\
         <p class=\"note\" id=\"as\"></p></div></section>",
        word("window"),
        button("data-join", "join"),
    );
    let busy = format!(
        "<section class=\"state busy\"><div class=\"card\" role=\"status\"><div class=\"wheel\"></div>\
         <h1 tabindex=\"-1\" {}/h1></div></section>",
        word("busy"),
    );
    let over = format!(
        "<section class=\"state over\"><div class=\"card\">{mark}<h1 tabindex=\"-1\" {over}/h1>\
         <p class=\"note\" {note}/p></div></section>",
        mark = mark("✓"),
        over = word("over"),
        note = word("over_note"),
    );
    let texts: serde_json::Map<String, Value> =
        Language::ALL.into_iter().map(|language| (language.code().to_owned(), language.all())).collect();
    let content = format!(
        "{ready}{busy}{over}{problem}<main id=\"call\"></main>\
         <script type=\"application/json\" id=\"call-data\">{data}</script>",
        problem = problem_card(language, "", "", &button("data-again hidden", "try_again")),
        data = inert(&json!({ "openers": openers, "texts": texts, "trusted": trusted })),
    );
    page(language, None, language.text("window"), &scripts("window.js"), "busy", &content)
}

/// The widget, and what works with it.
fn scripts(name: &str) -> String {
    format!(
        "<script src=\"/sdk/js/chat/{}/bandyer-widget.min.js\" defer></script>\
         <script type=\"module\" src=\"/connect/{name}\"></script>",
        env!("CARGO_PKG_VERSION")
    )
}

/// A link that leads nowhere, and why.
pub fn problem(language: Language, theme: Option<Theme>, code: &str) -> String {
    let text = language.text(&format!("problem.{code}"));
    let content = problem_card(language, text, code, "");
    page(language, theme, language.text("problem"), "", "problem", &content)
}

fn problem_card(language: Language, text: &str, code: &str, button: &str) -> String {
    format!(
        "<section class=\"state problem\"><div class=\"card\" role=\"alert\">{mark}<h1 tabindex=\"-1\" data-text=\"problem\">{heading}</h1>\
         <p class=\"note\" id=\"problem-text\">{text}</p><p class=\"note code\" id=\"problem-code\">{code}</p>{button}\
         </div></section>",
        mark = mark("!"),
        heading = escaped(language.text("problem")),
        text = escaped(text),
        code = escaped(code),
    )
}

fn page(
    language: Language,
    theme: Option<Theme>,
    title: &str,
    scripts: &str,
    state: &str,
    content: &str,
) -> String {
    // What people wrote comes last, and the title after the content, because it stands before it: whatever they
    // wrote, the first placeholder that is found is ours.
    PAGE.replace("{{language}}", language.code())
        .replace("{{theme}}", Theme::attribute(theme))
        .replace("{{scripts}}", scripts)
        .replace("{{state}}", state)
        .replacen("{{content}}", content, 1)
        .replacen("{{title}}", &escaped(title), 1)
}

fn mark(sign: &str) -> String {
    format!("<div class=\"face mark\" aria-hidden=\"true\">{sign}</div>")
}

fn face(user: &UserRecord) -> String {
    let inside = match &user.image {
        Some(path) => format!("<img src=\"{}\" alt=\"\">", escaped(path)),
        None => escaped(&initials(user)),
    };
    format!("<div class=\"face\" aria-hidden=\"true\">{inside}</div>")
}

fn initials(user: &UserRecord) -> String {
    let names = [user.first_name.as_deref(), user.last_name.as_deref()];
    let letters: String = names.iter().flatten().filter_map(|name| name.trim().chars().next()).collect();
    let letters = if letters.is_empty() { user.alias.as_str().chars().take(1).collect() } else { letters };
    letters.to_uppercase()
}

fn full_name(user: &UserRecord) -> String {
    let names: Vec<&str> = [user.first_name.as_deref(), user.last_name.as_deref()]
        .into_iter()
        .flatten()
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    if names.is_empty() { user.alias.to_string() } else { names.join(" ") }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// JSON that no parser of HTML takes for anything else.
fn inert(data: &Value) -> String {
    data.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// What the page's script works with.
pub fn data(
    language: Language,
    shown: &Invitation<'_>,
    link: &str,
    access_token: &str,
    tools: &Value,
) -> Value {
    json!({
        "accessToken": access_token,
        "direct": shown.direct,
        "language": language.code(),
        "link": link,
        "problems": language.problems(),
        "tools": tools,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::{Timestamp, UserAlias};

    #[test]
    fn nothing_that_people_wrote_becomes_markup() {
        assert_eq!(escaped("<b a=\"1\" c='2'>&"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
        let text = inert(&json!({"x": "</script><script>alert(1)</script><!--&"}));
        assert!(!text.contains(['<', '>', '&']), "{text}");
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap()["x"],
            "</script><script>alert(1)</script><!--&"
        );
    }

    #[test]
    fn somebody_without_a_name_is_called_by_the_alias() {
        let user = UserRecord::new(UserAlias::parse("usr_1").unwrap(), Timestamp(0));
        assert_eq!((full_name(&user), initials(&user)), ("usr_1".to_owned(), "U".to_owned()));
        let named =
            UserRecord { first_name: Some("Élodie".to_owned()), last_name: Some(" ".to_owned()), ..user };
        assert_eq!((full_name(&named), initials(&named)), ("Élodie".to_owned(), "É".to_owned()));
    }
}
