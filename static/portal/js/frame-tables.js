/* Tables in frames, which may neither save nor copy: their bar is the page's. A frame tells how large its tables are, and
   hands over their words when a reader asks. What it says is checked, and only ever text. */
"use strict";
(() => {
  const MOST_TABLES = 50;
  const MOST_ROWS = 200_000;
  const MOST_TEXT = 30_000_000;  /* characters of one table */
  const MOST_SIZE = 10_000_000;
  const MOST_SPAN = 1000;  /* as browsers have it for columns */
  const LONG = 40;  /* rows: as tables of the page */
  const MOST_CHANGES = 100;  /* of what one frame says of its tables, so that the page need not jump for ever */

  const isSize = (number) => Number.isInteger(number) && number >= 0 && number <= MOST_SIZE;
  const sizesOf = (tables) => (Array.isArray(tables) ? tables.slice(0, MOST_TABLES) : [])
    .filter((size) => Array.isArray(size) && isSize(size[0]) && isSize(size[1]));

  const span = (number) => Number.isInteger(number) ? Math.min(MOST_SPAN, Math.max(1, number)) : 1;
  const cell = (told) => Array.isArray(told) && typeof told[0] === "string"
    ? { text: told[0], down: span(told[1]), across: span(told[2]) } : { text: "", down: 1, across: 1 };
  const rowsOf = (answer) => {
    if (typeof answer !== "string" || answer.length > MOST_TEXT) throw new Error("Too large");
    const rows = JSON.parse(answer);
    if (!Array.isArray(rows) || rows.length > MOST_ROWS) throw new Error("Too large");
    return rows.filter(Array.isArray).map((row) => row.map(cell));
  };
  const gridOf = async (frame, at) => {
    const answer = await frameMessages.ask(frame, { almanac: "cells", table: at });
    try {
      return tableText.grid(rowsOf(answer));
    } catch {
      throw new Error("Can’t be read");
    }
  };

  /* a long table that is all of its frame scrolls in a box, as on the page, until its reader wants all */
  const folded = (frame, rows) => {
    frame.classList.add("folded-frame");
    const all = document.createElement("button");
    all.type = "button";
    all.className = "tool unfold";
    all.textContent = `All ${rows.toLocaleString("en")} rows`;
    all.setAttribute("aria-expanded", "false");
    all.addEventListener("click", () => {
      const isFolded = frame.classList.toggle("folded-frame");
      all.setAttribute("aria-expanded", String(!isFolded));
    });
    return all;
  };

  const show = (frame, sizes, isAlone) => {
    const figure = frame.closest("figure") ?? frame.parentElement;
    figure.querySelector(".table-bar")?.remove();
    frame.classList.remove("folded-frame");
    if (!sizes.length) return;
    const name = (at) => `table-${(figure.id || "document").replace(/^fig-/, "")}-${at + 1}`;
    const bar = tableBar.make(sizes.map((size) => tableBar.count(...size)), (at) => gridOf(frame, at), name);
    if (isAlone && sizes.length === 1 && sizes[0][0] > LONG) bar.prepend(folded(frame, sizes[0][0]));
    const tools = figure.querySelector(".figure-tools");
    if (tools) tools.prepend(bar);
    else frame.after(bar);
  };

  const shown = new WeakMap();
  frameMessages.on("tables", (frame, { tables, alone }) => {
    const sizes = sizesOf(tables);
    const told = JSON.stringify([sizes, alone === true]);
    const before = shown.get(frame) ?? { told: "[[],false]", changes: 0 };
    if (before.told === told || before.changes === MOST_CHANGES) return;
    shown.set(frame, { told, changes: before.changes + 1 });
    show(frame, sizes, alone === true);
  });
})();
