"""Where the hub and the books disagree, down to the documents.

routes  the addresses of this section
"""
