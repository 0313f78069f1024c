"""Who may sign in.

routes  the addresses of this section
"""
