"""Python projects: plain packages, FastAPI, Flask, Django."""
