"""A stand-in 1C:Enterprise base over real HTTP, for tests, demos and client authors."""
