/* What tables say, as text for spreadsheets: rows of cells become a grid, and that CSV or what can be pasted. */
"use strict";
const tableText = (() => {
  const MOST_CELLS = 2_000_000;  /* those that span others counted as often as they are repeated */
  const MONEY = "[$€£¥₹]";
  const NUMBER = new RegExp(`^[-+−–]?\\s?${MONEY}?\\s?[-−]?(\\d[\\d,.\\s'’]*|\\.\\d+)([eE][-+]?\\d+)?\\s?([%‰]|${MONEY})?$`);
  const NO_FORMULA = /^[-+−–]?(inf|infinity|nan|∞)?$/i;
  const BLOCK = /^(address|blockquote|dd|div|dl|dt|figure|h[1-6]|hr|li|ol|p|pre|summary|ul)$/;
  const UNSEEN = /^(script|style|template|noscript|option)$/;

  /* a spreadsheet runs what begins like a formula, unless an apostrophe says that it is text. Where it takes another
     sign than the comma for what parts cells, one begins in the middle of a text too */
  const isFormula = (text) => /^[=+\-@＝＋－＠]/.test(text) && !NUMBER.test(text) && !NO_FORMULA.test(text);
  const harmless = (text) => text.replace(/[^;\n\t]+/g, (piece) => isFormula(piece.trim()) ? `'${piece}` : piece);
  const tidy = (text) => text
    .replace(/[\0-\b\v-\x1f\x7f]/g, " ").replace(/[^\S\n]+/g, " ").replace(/ ?\n[ \n]*/g, "\n").trim();

  /* with line breaks where the eye sees some */
  const seen = (element) => {
    let text = "";
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) text += node.data.replace(/\s+/g, " ");
      else if (node.nodeType !== Node.ELEMENT_NODE || UNSEEN.test(node.localName) || node.hidden) continue;
      else if (node.localName === "br") text += "\n";
      else if (node.localName === "img") text += node.alt;
      else if (node.classList.contains("katex")) text += node.querySelector("annotation")?.textContent ?? node.textContent;
      else text += BLOCK.test(node.localName) ? `\n${seen(node)}\n` : seen(node);
    }
    return text;
  };

  /* what a title or a note says that is as wide as its table is said once; heads of columns, for each of them */
  const isNote = (row) => row.cells.length === 1 && !(row.cells[0].localName === "th" && row.parentNode.localName === "thead");
  const cellsOf = (row) => [...row.cells].map((cell) => ({
    text: seen(cell),
    down: Math.min(cell.rowSpan, row.parentNode.rows.length - row.sectionRowIndex),
    across: isNote(row) ? 1 : cell.colSpan,
  }));

  /* the types of columns that R, Julia and polars tell under the names are no row of the table */
  const tellsTypes = (row) => {
    if (row.parentNode.localName !== "thead" || !row.sectionRowIndex || row.nextElementSibling) return false;
    const cells = [...row.cells].filter((cell) => cell.textContent.trim());
    const named = row.previousElementSibling.querySelector("th");
    return cells.length > 0 && named !== null && cells.every((cell) => cell.matches("td, .type"));
  };

  return {
    rowsOf: (table) => [...table.rows].filter((row) => !tellsTypes(row)).map(cellsOf),

    /* rows of {text, down, across} as rows of words. What spans several is repeated in each, so that every row says
       all of itself */
    grid(rows) {
      const grid = rows.map(() => []);
      let room = MOST_CELLS;
      for (const [at, row] of rows.entries()) {
        let column = 0;
        for (const cell of row) {
          const text = harmless(tidy(cell.text));
          while (grid[at][column] !== undefined) column += 1;
          const end = Math.min(rows.length, at + Math.max(1, cell.down));
          room -= (end - at) * cell.across;
          if (room < 0) return grid;
          const next = column + cell.across;
          for (const filled of grid.slice(at, end)) {
            if (filled.length < next) filled.length = next;
            filled.fill(text, column, next);
          }
          column = next;
        }
      }
      return grid;
    },

    csv(grid) {
      const width = grid.reduce((most, row) => Math.max(most, row.length), 0);
      const quoted = (text) => /[",;\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
      const length = (row) => width * grid.length > MOST_CELLS ? row.length : width;
      return grid.map((row) => Array.from({ length: length(row) }, (_, at) => quoted(row[at] ?? "")).join(",") + "\r\n").join("");
    },

    /* as spreadsheets write what they copy */
    tsv(grid) {
      const quoted = (text) => /^"|\n/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
      return grid.map((row) => Array.from(row, (text) => quoted(text ?? "")).join("\t") + "\n").join("");
    },
  };
})();
