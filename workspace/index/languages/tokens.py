"""Tokens of the languages that descend from C, for fingerprints."""

import re

from backend_developer.workspace.index.fingerprint import Blinder

_C_TOKENS = (
    rb"//[^\n]*|/\*[\s\S]*?\*/"
    rb'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|`(?:\\.|[^`\\])*`'
    rb"|[A-Za-z_$\x80-\xff][\w$\x80-\xff]*|\d[\w.]*|[^\s\w]"
)
_RUST_TOKENS = (
    rb'//[^\n]*|/\*[\s\S]*?\*/|b?r#+"[\s\S]*?"#+|b?"(?:\\.|[^"\\])*"'
    rb"|b?'(?:\\[^\n]{1,9}?|[^'\\\n])'|'\w+|[A-Za-z_\x80-\xff][\w\x80-\xff]*|\d[\w.]*|[^\s\w]"
)
_SQL_TOKENS = (
    rb"--[^\n]*|/\*[\s\S]*?\*/|'(?:''|[^'])*'|\"[^\"\n]*\""
    rb"|[A-Za-z_\x80-\xff][\w\x80-\xff]*|\d[\w.]*|[^\s\w]"
)


def c_like(keywords: str) -> Blinder:
    """For JavaScript, TypeScript, Go and C#."""
    return _blinder(_C_TOKENS, keywords, (b"//", b"/*"))


def rust(keywords: str) -> Blinder:
    """For Rust, where a quote may begin a lifetime."""
    return _blinder(_RUST_TOKENS, keywords, (b"//", b"/*"))


def sql(keywords: str) -> Blinder:
    """For SQL, whose keywords are written in either case."""
    return _blinder(_SQL_TOKENS, f"{keywords} {keywords.upper()}", (b"--", b"/*"))


def _blinder(tokens: bytes, keywords: str, comments: tuple[bytes, ...]) -> Blinder:
    return Blinder(re.compile(tokens), (word.encode() for word in keywords.split()), comments)
