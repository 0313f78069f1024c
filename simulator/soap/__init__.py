"""The web service of the extension in `onec/`, as a published base answers it.

contract   the WSDL that is served, and whether a message is of its schema
envelope   SOAP 1.1 and 1.2: calls, answers, faults
structures 1C's Structure as XML
settled    the statement, from the register's movements
printed    a print form
service    which operation does what
"""
