//! Just enough HTTP: `GET /health`, `GET /users`, `POST /users` with the name as the body.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use crate::store::Store;

/// Answers one request and closes the connection.
pub fn serve(stream: TcpStream, store: &mut Store) {
    let mut reader = BufReader::new(&stream);
    let Some((method, path, length)) = read_head(&mut reader) else {
        eprintln!("[http:serve] error=no request");
        return;
    };
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        eprintln!("[http:serve] error=the body is cut off");
        return;
    }
    let (status, text) = route(&method, &path, &String::from_utf8_lossy(&body), store);
    eprintln!("[http:serve] {method} {path} status={status}");
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\n");
    let answer = format!(
        "{head}Content-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    );
    if let Err(error) = (&stream).write_all(answer.as_bytes()) {
        eprintln!("[http:serve] error={error}");
    }
}

fn read_head(reader: &mut impl BufRead) -> Option<(String, String, usize)> {
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut words = first.split_whitespace();
    let (method, path) = (words.next()?.to_string(), words.next()?.to_string());
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            eprintln!("[http:read_head] length={length}");
            return Some((method, path, length));
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
}

fn route(method: &str, path: &str, body: &str, store: &mut Store) -> (&'static str, String) {
    eprintln!("[http:route] {method} {path}");
    match (method, path) {
        ("GET", "/health") => ("200 OK", r#"{"status":"ok"}"#.to_string()),
        ("GET", "/users") => ("200 OK", format!("{:?}", store.all())),
        ("POST", "/users") => match store.add(body) {
            Some(id) => ("201 Created", format!(r#"{{"id":{id}}}"#)),
            None => ("422 Unprocessable Entity", "{}".to_string()),
        },
        _ => ("404 Not Found", "{}".to_string()),
    }
}
