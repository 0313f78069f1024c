"""What runs when: jobs, schedules, the code location and the `saldo` command."""
