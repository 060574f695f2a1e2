"""The control API: everything a person, a supplier or a test can do. docs/workspace.md specifies it."""
