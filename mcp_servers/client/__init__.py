"""Asking servers: sessions held open by an owner task each, limits, fallback to what is at hand."""
