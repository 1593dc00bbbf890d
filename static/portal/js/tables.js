/* Tables that code made: how large they are, and buttons that copy them and save them as CSV. */
"use strict";
(() => {
  const SIZE = /^\s*([\d,]+) rows × ([\d,]+) columns\s*$/;
  const NUMBER = /^[-+−]?(\d[\d,. ]*|\.\d+)([eE][-+]?\d+)?\s?%?$/;

  /* a spreadsheet runs what begins like a formula, unless an apostrophe says that it is text */
  const harmless = (text) => /^[=+\-@\t\r\n＝＋－＠]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  const words = (cell) => harmless(cell.textContent.replace(/\s+/g, " ").trim());

  /* rows of words; a cell that spans several is repeated in each, so that every row says all of itself */
  const gridOf = (table) => {
    const grid = [...table.rows].map(() => []);
    [...table.rows].forEach((row, at) => {
      for (const cell of row.cells) {
        const text = words(cell);
        let column = 0;
        while (grid[at][column] !== undefined) column += 1;
        for (let down = 0; down < cell.rowSpan && at + down < grid.length; down += 1) {
          for (let across = 0; across < cell.colSpan; across += 1) grid[at + down][column + across] = text;
        }
      }
    });
    return grid;
  };

  const quoted = (text) => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const csv = (grid) => grid.map((row) => [...row].map((text) => quoted(text ?? "")).join(",")).join("\r\n") + "\r\n";
  const tsv = (grid) => grid.map((row) => [...row].map((text) => text ?? "").join("\t")).join("\n") + "\n";

  const nameOf = (box) => {
    const title = document.querySelector(".title")?.textContent ?? document.title;
    const slug = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "post";
    return `${slug}-table-${box.id.replace(/^fig-/, "")}.csv`;
  };

  const save = (box) => {
    const link = document.createElement("a");
    /* with a byte order mark: without it, Excel takes UTF-8 for something else */
    link.href = URL.createObjectURL(new Blob(["\ufeff", csv(gridOf(box.querySelector("table")))], { type: "text/csv" }));
    link.download = nameOf(box);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  /* a frame that prints a part of itself says of how much: that line goes into the bar */
  const toldSize = (box) => {
    const after = (box.closest(".long") ?? box).nextElementSibling;
    const told = after?.localName === "p" && after.textContent.match(SIZE);
    if (told) after.hidden = true;
    return told;
  };

  const sizeOf = (box, table) => {
    const isGap = (row) => [...row.querySelectorAll("td")].every((cell) => /^(\.\.\.|…)$/.test(cell.textContent.trim()));
    const rows = [...table.tBodies].reduce((sum, body) => sum + [...body.rows].filter((row) => !isGap(row)).length, 0);
    const columns = Math.max(0, ...[...table.rows].slice(0, 20).map((row) => row.querySelectorAll("td").length));
    const told = toldSize(box);
    if (!told) return `${rows.toLocaleString("en")} × ${columns.toLocaleString("en")}`;
    const all = Number(told[1].replaceAll(",", ""));
    const shown = all > rows ? `, ${rows.toLocaleString("en")} shown` : "";
    return `${all.toLocaleString("en")} × ${told[2]}${shown}`;
  };

  const enhance = (box) => {
    const table = box.querySelector("table");
    if (!table || table.querySelector("table") || table.rows.length < 2) return;
    const bar = document.createElement("div");
    bar.className = "table-bar";
    const size = document.createElement("span");
    size.textContent = sizeOf(box, table);
    size.title = "rows × columns";
    const copy = post.button("Copy", "tool", () => post.copy(tsv(gridOf(table)), copy));
    copy.title = "Copy the table, for a spreadsheet";
    const download = post.button("CSV", "tool", () => save(box));
    download.title = "Save the table as comma-separated text";
    bar.append(size, copy, download);
    box.after(bar);
  };

  post.whenShown((element) => {
    for (const box of element.querySelectorAll(".table-scroll[id]")) enhance(box);
  });
})();
