"""Teams and access tokens over HTTP."""
