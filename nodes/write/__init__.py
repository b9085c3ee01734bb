"""The write loop: the model's turn (`turn`), its tool calls (`act`), and what keeps the two going."""
