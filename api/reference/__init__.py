"""What describes the API: the OpenAPI document, and the page that shows it.

document          the OpenAPI document, with what holds for all operations said once
document_headers  which operation has which headers, for the document
examples          an example of every answer, for the document
page              GET /docs: the document as a page, without a script
page_html         pieces of HTML, escaped
page_operation    one operation on that page
"""
