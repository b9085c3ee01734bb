"""Notes: the model, what is worked out of a text, and the views."""
