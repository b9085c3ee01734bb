//! Keeps users in PostgreSQL: `GET /users`, `POST /users` with the name as the body.

use std::env;
use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{TcpListener, TcpStream};

use postgres::Client;

fn main() -> Result<()> {
    let port = env::var("PORT").unwrap_or_default();
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    for stream in listener.incoming() {
        serve(stream?)?;
    }
    Ok(())
}

fn serve(stream: TcpStream) -> Result<()> {
    let mut reader = BufReader::new(&stream);
    let (mut first, mut line, mut length) = (String::new(), String::new(), 0);
    reader.read_line(&mut first)?;
    while line != "\r\n" {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (status, text) = answer(&first, &String::from_utf8_lossy(&body));
    eprintln!("[main:serve] {} status={status}", first.trim());
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close", text.len());
    (&stream).write_all(format!("{head}\r\n\r\n{text}").as_bytes())
}

fn answer(first: &str, body: &str) -> (&'static str, String) {
    let name = body.trim_matches(|letter| "\"{} ".contains(letter)).replace('\'', "''");
    let (status, statement) = match first.split(" HTTP").next() {
        Some("GET /users") => ("200 OK", "SELECT id, name FROM users ORDER BY id".to_string()),
        Some("POST /users") => {
            let insert = format!("INSERT INTO users (name) VALUES ('{name}') RETURNING id, name");
            ("201 Created", insert)
        }
        _ => return ("404 Not Found", String::new()),
    };
    eprintln!("[main:answer] {statement}");
    let address = env::var("DATABASE_URL").unwrap_or_default();
    match Client::connect(&address).and_then(|mut client| client.query(&statement)) {
        Ok(rows) => (status, format!("{rows:?}")),
        Err(error) => {
            eprintln!("[main:answer] error={error}");
            ("500 Internal Server Error", String::new())
        }
    }
}
