"""What all workflows of a workspace read as `$vars`."""
