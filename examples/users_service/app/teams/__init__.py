"""Teams: groups of people, each with a name of its own."""
