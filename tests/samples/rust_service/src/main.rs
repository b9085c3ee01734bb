//! Answers requests about users.

use std::env;
use std::net::TcpListener;

use users::http;
use users::store::Store;

fn main() {
    let port = env::var("PORT").unwrap_or_else(|_| "8080".to_string());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).expect("the port is free");
    let mut store = Store::default();
    eprintln!("[main:main] listening on port {port}");
    for stream in listener.incoming().flatten() {
        http::serve(stream, &mut store);
    }
}
