"""One module per command of `saldo`."""
