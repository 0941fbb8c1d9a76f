//! The measured server: its database, its process, its use of the machine.

use crate::Options;
use bandyer_protocol::{ChatId, Cursor, Seq, UserAlias};
use bandyer_server::clock;
use bandyer_server::store::sqlite::SqliteSettings;
use bandyer_server::store::{ChatRecord, SqliteStore, Store, UserRecord, Write};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub const TOKEN_SECRET: &str = "a secret for measuring, 32 bytes or more";

/// Ticks of `/proc/<pid>/stat` in a second, on every Linux this runs on.
const TICKS: f64 = 100.0;

pub fn aliases(pair: u32) -> [UserAlias; 2] {
    ["a", "b"].map(|side| UserAlias::parse(&format!("user-{pair:05}-{side}")).unwrap())
}

pub fn seed(data: &Path, pairs: u32) {
    let settings = SqliteSettings { busy_ms: 100, max_kb: None };
    let mut store = SqliteStore::open(&data.join("chat.db"), settings).unwrap();
    for pair in 0..pairs {
        let users = aliases(pair);
        for user in &users {
            store.apply(&Write::PutUser(UserRecord::new(user.clone(), clock::now()))).unwrap();
        }
        let chat = ChatRecord {
            id: ChatId::between(&users[0], &users[1]).unwrap(),
            created_by: users[0].clone(),
            users,
            incarnation: 1,
            created_at: clock::now(),
            removed: false,
            revision: Cursor(u64::from(pair) + 1),
            last_seq: Seq(0),
            read: [Seq(0); 2],
            unread: [0; 2],
        };
        store.apply(&Write::PutChat(chat)).unwrap();
    }
    store.commit().unwrap();
}

pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

#[derive(Debug)]
pub struct Measured {
    pub memory: u64,
    cpu_seconds: f64,
}

impl Process {
    pub fn start(options: &Options, data: &Path) -> Self {
        let mut child = Command::new("taskset")
            .args(["-c", &options.core.to_string()])
            .arg(&options.server)
            .args(["--listen", "127.0.0.1:0", "--log-format", "json"])
            .args(["--messages-per-second", "1000000", "--message-burst", "1000000"])
            .arg("--data")
            .arg(data)
            .env("BANDYER_TOKEN_SECRET", TOKEN_SECRET)
            .stderr(Stdio::piped())
            .spawn()
            .expect("taskset and the server's binary");
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .find_map(|line| {
                let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
                line["fields"]["address"].as_str().map(|address| address.parse().unwrap())
            })
            .expect("the server listens");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    pub fn measure(&self) -> Measured {
        let read = |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap();
        let status = read("status");
        let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let stat = read("stat");
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: f64 = [11, 12].iter().map(|field| fields[*field].parse::<f64>().unwrap()).sum();
        Measured {
            memory: kib.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024,
            cpu_seconds: ticks / TICKS,
        }
    }
}

impl Measured {
    pub fn memory_above(&self, before: &Self) -> u64 {
        self.memory.saturating_sub(before.memory)
    }

    pub fn cpu_between(before: &Self, after: &Self) -> f64 {
        after.cpu_seconds - before.cpu_seconds
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
