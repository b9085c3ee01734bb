"""The four MCP servers of the user's text: answered from what is at hand, or by a public server where one is set."""
