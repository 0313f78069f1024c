"""What needs somebody now.

routes  the addresses of this section
"""
