"""The command `nodeloom`. Each subcommand imports what it needs when it is called."""
