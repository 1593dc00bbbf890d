/* Tables that code made, on the page: each gets its bar. Also in posts that were saved as a file. */
"use strict";
(() => {
  const UNDER = /^\s*([\d,]+) rows × ([\d,]+) columns\s*$/;
  const ABOVE = /^\s*shape: \(([\d_,]+), ([\d_,]+)\)\s*$/;
  const CAPTION = /^\s*An? [\w.: ]{1,40}: ([\d,]+) × ([\d,]+)\b/;

  /* a frame that prints a part of itself says of how much: pandas below, in a line that goes into the bar; polars
     above; R in the caption */
  const toldSize = (box, table) => {
    const outer = box.closest(".long") ?? box;
    const under = outer.nextElementSibling;
    const told = under?.localName === "p" && under.textContent.match(UNDER);
    if (told) under.hidden = true;
    const above = outer.previousElementSibling;
    return told || (above?.localName === "small" && above.textContent.match(ABOVE)) || table.caption?.textContent.match(CAPTION);
  };

  const sizeOf = (box, table) => {
    const isGap = (row) => [...row.querySelectorAll("td")].every((cell) => /^(\.\.\.|…|⋮|⋯)$/.test(cell.textContent.trim()));
    const rows = [...table.tBodies].reduce((sum, body) => sum + [...body.rows].filter((row) => !isGap(row)).length, 0);
    const columns = Math.max(0, ...[...table.rows].slice(0, 20).map((row) => row.querySelectorAll("td").length));
    const told = toldSize(box, table);
    if (!told) return tableBar.count(rows, columns);
    const [all, across] = told.slice(1).map((number) => Number(number.replace(/[,_]/g, "")));
    return tableBar.count(all, across) + (all > rows ? `, ${rows.toLocaleString("en")} shown` : "");
  };

  const enhance = (box) => {
    const table = box.querySelector("table");
    if (!table || table.querySelector("table") || table.rows.length < 2) return;
    const grid = async () => tableText.grid(tableText.rowsOf(table));
    box.after(tableBar.make([sizeOf(box, table)], grid, () => `table-${box.id.replace(/^fig-/, "")}`));
  };
  const look = (element) => {
    for (const box of element.querySelectorAll(".table-scroll[id]")) enhance(box);
  };

  look(document);
  document.addEventListener("almanac:part", (event) => look(event.detail));
})();
