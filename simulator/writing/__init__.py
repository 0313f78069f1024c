"""What clients write: bodies, values, the configuration's own refusals, posting."""
