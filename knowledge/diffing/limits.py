"""How much of two documents is compared. Beyond a limit the page says so and shows both sides."""

# Steps of comparing for a whole pair of documents: some seconds at the most, whatever is in them.
STEPS = 6_000_000
DIFFERENCES = 500  # between two sequences, until the place where they differ is taken as a whole

CELLS = 5_000
OUTPUTS_PER_CELL = 300

# characters, on each side
SOURCE = 400_000
PROSE = 200_000
OUTPUT_TEXT = 100_000
HTML = 400_000
LINE = 4_000  # of a line, for marks within it
PARAGRAPH = 20_000  # the same for prose

# lines, on each side
LINES = 10_000
LINES_SHOWN = 400  # of what is too large to compare
CONTEXT = 3  # lines that stay around a change
FOLDED = 12  # so many lines that are the same are worth folding
EXCERPT = 40  # of a cell that did not change
EXCERPT_CHARACTERS = 4_000

# tables
TABLE_CELLS = 20_000
TABLE_COLUMNS = 200
TABLE_ROWS_SHOWN = 200

# nbdime compares each with each, letter by letter
REGION = 144  # pairs of cells
REGION_CHARACTERS = 800  # of each cell

# What is kept of a comparison: characters of text in all of its rows.
RESULT = 4_000_000
