"""The command `fps`: what one can type, one module a group of commands."""
