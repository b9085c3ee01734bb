"""Asking servers: sessions held open by an owner task each, limits, fallback to what is at hand."""

from backend_developer.mcp_servers.client.configuration import ServerSpec, load_servers
from backend_developer.mcp_servers.client.servers import BUILT_IN, Servers, open_servers, session_class

__all__ = ["BUILT_IN", "ServerSpec", "Servers", "load_servers", "open_servers", "session_class"]
