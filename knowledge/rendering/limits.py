"""How much of a document is shown. Beyond a limit the page says so; nothing is cut in silence.

Each keeps a render within seconds and bounded memory whatever the document holds, and is far above what
documents that people read contain.
"""

CELLS = 5_000
OUTPUTS_PER_CELL = 300
OUTPUT_DOCUMENTS = 300
IMAGES = 1_000
HEADINGS = 500

# characters
SOURCE = 300_000
HIGHLIGHTED = 60_000  # longer code is shown plain: a lexer is the slowest thing here
MARKDOWN = 200_000
TERMINAL = 100_000
CLEANED_HTML = 1_500_000
OUTPUT_DOCUMENT = 20_000_000
PAGE = 8_000_000
SEARCH_TEXT = 300_000
SUMMARY = 400

# images
IMAGE_BYTES = 25_000_000
IMAGE_PIXELS = 60_000_000

# An HTML parser walks its open elements at each tag, so nesting costs its square.
NESTING = 300
TAGS_WITHOUT_LOOKING = 3_000
