"""Who may sign in.

routes    the addresses of this section
people    everybody who may sign in; adding somebody
changes   what an admin does to one of them
account   what everybody sets for themselves
password  a password of one's own
words     what roles are called
"""
