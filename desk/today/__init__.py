"""What needs somebody now.

routes     the addresses of this section
notices    one thing that needs somebody, and the way to mend it
attention  everything that does, the worst first
bases      which data is old, and why; pausing a base and letting it be asked again
proof      figures that differ from the books, and records that could not be read
portal     orders that wait for somebody
papers     statements and agreed periods
work       what was asked for and failed, and events that do not arrive
money      what everybody owes, by base and currency
"""
