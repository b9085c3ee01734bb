"""What runs inside the project's own Node; the folder is named on its command lines."""
