"""The graph's nodes: one file each, saying what it reads, what it writes and what can go wrong."""
