"""The small process that stands between the agent and each command; it imports nothing but the standard library.

`boot.py` is started as a script. Its interpreter runs without site-packages, and the modules here avoid `json`,
`typing`, `signal` and `dataclasses`: each costs 4 to 9 ms at every command (measured on CPython 3.11).
"""
