"""The .NET toolchain."""
