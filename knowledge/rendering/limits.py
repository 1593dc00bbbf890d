"""How much of a document is shown. Beyond a limit the page says so; nothing is cut in silence.

Each keeps a render within seconds and bounded memory whatever the document holds, and is far above what
documents that people read contain.
"""

CELLS = 5_000
OUTPUTS_PER_CELL = 300
OUTPUT_DOCUMENTS = 1_000
IMAGES = 1_000
HEADINGS = 500
MACROS = 500

# characters
SOURCE = 300_000
HIGHLIGHTED = 60_000  # longer code is shown plain: a lexer is the slowest thing here
MARKDOWN = 200_000
TERMINAL = 100_000
CLEANED_HTML = 1_500_000
OUTPUT_DOCUMENT = 20_000_000
OUTPUT_BYTES = 150_000_000  # of all output documents together
PAGE = 30_000_000
CELL = 8_000_000
PART = 100_000  # what a reader gets at once; the rest comes as it is scrolled to
FIRST_PART = 20_000  # of a document longer than a part: some screens, there as soon as a short post
SEARCH_TEXT = 300_000
SUMMARY = 400
PASSAGE = 1_200
PASSAGES = {"heading": 100_000, "narrative": 300_000, "code": 200_000, "output": 60_000}  # of a document
NAMES = {"library": 200, "dataset": 200, "insight": 200, "link": 500}  # of a document
OUTPUT_PASSAGE = 4_000  # of a cell

# images
IMAGE_BYTES = 25_000_000
IMAGE_PIXELS = 60_000_000

# An HTML parser walks its open elements at each tag, so nesting costs its square.
NESTING = 300
TAGS_WITHOUT_LOOKING = 3_000
