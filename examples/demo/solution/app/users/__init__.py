"""Users: people, each with an e-mail address of their own."""
