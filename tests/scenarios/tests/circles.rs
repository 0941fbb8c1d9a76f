//! No two files need each other, but a file and those below it: whoever reads one can stop at what it imports.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Modules by name, that of the library's root being empty, and the code of each without its comments and tests.
type Modules = BTreeMap<Vec<String>, String>;

#[test]
fn files_need_each_other_in_one_direction() {
    for package in ["protocol", "records", "core", "hub", "store", "turn", "server"] {
        let modules = modules(package);
        assert!(modules.len() > 2, "{package}: has it moved?");
        let edges = edges(&modules);
        assert!(edges.values().map(BTreeSet::len).sum::<usize>() > 0, "{package}: nothing was read");
        let circle = circle(&edges).or_else(|| circle(&between_rooms(&edges))).unwrap_or_default();
        let names: Vec<String> = circle.iter().map(|module| module.join("/")).collect();
        assert!(names.is_empty(), "{package}: {}", names.join(" → "));
    }
}

#[test]
fn a_circle_is_found_wherever_it_is() {
    let made = |files: &[(&str, &str)]| -> bool {
        let named = files
            .iter()
            .map(|(name, code)| (name.split('/').map(str::to_owned).collect(), (*code).to_owned()));
        let mut modules: Modules = named.collect();
        modules.insert(Vec::new(), "pub use b::Thing;".to_owned());
        let edges = edges(&modules);
        circle(&edges).or_else(|| circle(&between_rooms(&edges))).is_some()
    };
    assert!(made(&[("a", "use crate::b::{X, y::Z};"), ("b", "use crate::a::W;")]));
    assert!(made(&[("a", "use crate::{Thing, c};"), ("b", "use crate::a::W;"), ("c", "")]));
    assert!(made(&[("a", "fn f() { crate::b::g() }"), ("b", "use crate::a;")]));
    assert!(made(&[("a", ""), ("a/x", "use super::y::Y;"), ("a/y", "use super::{x::X, Z};")]));
    assert!(made(&[("a", ""), ("a/x", "use crate::b::B;"), ("b", "use crate::a::A;")]));
    assert!(!made(&[("a", "use crate::b::B;"), ("a/x", "use super::A;"), ("b", "use std::fmt;")]));
    assert!(!made(&[("a", "use x::X;"), ("a/x", "use super::A; use crate::b::B;"), ("b", "")]));
}

/// Whom each module needs. What stands above or below it does not count.
fn edges(modules: &Modules) -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let exports = paths(&modules[&Vec::new()]);
    let of = |(module, code): (&Vec<String>, &String)| {
        let needed = paths(code).into_iter().filter_map(|path| target(&path, module, modules, &exports));
        let apart = needed.filter(|other| !other.starts_with(module) && !module.starts_with(other));
        (module.clone(), apart.collect())
    };
    modules.iter().filter(|(module, _)| !module.is_empty()).map(of).collect()
}

/// The same between a file with all that is below it, and the others.
fn between_rooms(
    edges: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>,
) -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let room = |module: &Vec<String>| module[..1].to_vec();
    let mut rooms: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
    for (module, needed) in edges {
        let others = needed.iter().map(room).filter(|other| *other != room(module));
        rooms.entry(room(module)).or_default().extend(others);
    }
    rooms
}

/// The module a path leads to.
fn target(
    path: &[String],
    from: &[String],
    modules: &Modules,
    exports: &[Vec<String>],
) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    let (mut at, rest) = match path.first()?.as_str() {
        "crate" => (Vec::new(), &path[1..]),
        "super" => (from[..from.len().checked_sub(supers)?].to_vec(), &path[supers..]),
        _ => return None,
    };
    // What the root hands on comes from somewhere else.
    let export = rest.first().filter(|_| at.is_empty());
    if let Some(export) = export.and_then(|name| exports.iter().find(|export| export.last() == Some(name))) {
        at = export.clone();
    } else {
        at.extend_from_slice(rest);
    }
    while !modules.contains_key(&at) {
        at.pop()?;
    }
    (!at.is_empty()).then_some(at)
}

/// Every path a text names from `crate` or `super` on, and those of its `use` lines one by one.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for statement in code.split("use ").skip(1) {
        spread(statement.split(';').next().unwrap_or_default(), &[], &mut found);
    }
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let path: String =
                code[at..].chars().take_while(|c| c.is_alphanumeric() || "_:".contains(*c)).collect();
            found.push(path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect());
        }
    }
    found
}

/// `a::{b, c::d}` is `a::b` and `a::c::d`.
fn spread(tree: &str, before: &[String], found: &mut Vec<Vec<String>>) {
    let tree = tree.trim();
    let (head, group) = match tree.split_once('{') {
        Some((head, group)) => (head, Some(group.trim_end().trim_end_matches('}'))),
        None => (tree, None),
    };
    let name = head.split(" as ").next().unwrap_or_default();
    let mut path = before.to_vec();
    path.extend(name.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned));
    match group {
        None => found.push(path),
        Some(group) => parts(group).into_iter().for_each(|part| spread(part, &path, found)),
    }
}

/// Splits at the commas of this level.
fn parts(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut all) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                all.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    all.push(&group[start..]);
    all
}

/// One circle, if there is any.
fn circle(edges: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>) -> Option<Vec<Vec<String>>> {
    fn walk(
        at: &Vec<String>,
        edges: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>,
        way: &mut Vec<Vec<String>>,
        done: &mut BTreeSet<Vec<String>>,
    ) -> Option<Vec<Vec<String>>> {
        if let Some(start) = way.iter().position(|module| module == at) {
            return Some(way[start..].iter().chain([at]).cloned().collect());
        }
        if done.contains(at) {
            return None;
        }
        way.push(at.clone());
        let found = edges.get(at).into_iter().flatten().find_map(|next| walk(next, edges, way, done));
        way.pop();
        done.insert(at.clone());
        found
    }
    let mut done = BTreeSet::new();
    edges.keys().find_map(|module| walk(module, edges, &mut Vec::new(), &mut done))
}

fn modules(package: &str) -> Modules {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(package).join("src");
    let mut modules = Modules::new();
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = name(path.strip_prefix(&source).unwrap());
            if name.iter().any(|part| ["tests", "exploration", "main"].contains(&part.as_str())) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                modules.insert(name, code(&path));
            }
        }
    }
    modules
}

fn name(file: &Path) -> Vec<String> {
    let file = file.with_extension("");
    let parts = file.components().map(|part| part.as_os_str().to_str().unwrap().to_owned());
    parts.filter(|part| part != "lib").collect()
}

fn code(file: &PathBuf) -> String {
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}
