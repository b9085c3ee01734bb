//! Stands in for the driver of that name: simple queries over a unix socket, without a password.

use std::io::{Error, Read, Result, Write};
use std::os::unix::net::UnixStream;

/// One connection.
pub struct Client(UnixStream);

impl Client {
    /// Connects to the database of an address.
    pub fn connect(address: &str) -> Result<Client> {
        let rest = address.split_once("://").map_or(address, |parts| parts.1);
        let (user, rest) = rest.split_once('@').unwrap_or(("postgres", rest));
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let database = place.trim_start_matches('/');
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|pair| pair.0 == name).map_or("", |pair| pair.1)
        };
        let path = format!("{}/.s.PGSQL.{}", value("host"), value("port"));
        let mut client = Client(UnixStream::connect(path)?);
        let hello = format!("\0\u{3}\0\0user\0{user}\0database\0{database}\0\0");
        client.0.write_all(&(hello.len() as u32 + 4).to_be_bytes())?;
        client.0.write_all(hello.as_bytes())?;
        client.answer()?;
        Ok(client)
    }

    /// Runs a statement and returns its rows as text.
    pub fn query(&mut self, statement: &str) -> Result<Vec<Vec<String>>> {
        self.0.write_all(b"Q")?;
        self.0.write_all(&(statement.len() as u32 + 5).to_be_bytes())?;
        self.0.write_all(format!("{statement}\0").as_bytes())?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Vec<Vec<String>>> {
        let (mut rows, mut failed) = (Vec::new(), None);
        loop {
            let mut head = [0; 5];
            self.0.read_exact(&mut head)?;
            let size = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
            let mut body = vec![0; size - 4];
            self.0.read_exact(&mut body)?;
            match head[0] {
                b'D' => rows.push(fields(&body[2..])),
                b'E' => failed = Some(Error::other(String::from_utf8_lossy(&body).replace('\0', " "))),
                b'Z' => return failed.map_or(Ok(rows), Err),
                _ => (),
            }
        }
    }
}

fn fields(mut rest: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    while rest.len() >= 4 {
        let size = u32::from_be_bytes([rest[0], rest[1], rest[2], rest[3]]) as usize;
        found.push(String::from_utf8_lossy(&rest[4..4 + size]).into_owned());
        rest = &rest[4 + size..];
    }
    found
}
