"""Drawing statements, reading, sending and agreeing them.

routes  the addresses of this section
"""
