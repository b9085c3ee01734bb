"""What each server answers by itself, offline."""
