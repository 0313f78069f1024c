"""Records that need a person: look, edit, replay.

routes  the addresses of this section
"""
