"""Pictures and pages of what a shard holds."""
