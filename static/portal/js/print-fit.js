/* What is wider than the sheet, made to fit while it is printed: on paper nothing can be scrolled to.
   All is measured before anything is changed, so that a long document is laid out once and not for each table. */
"use strict";
(() => {
  const SHEET = Number(document.documentElement.dataset.sheet) || 664;  /* pixels between the margins of A4 */
  const SHRINK = 0.875;  /* what becomes of sizes in rem there (print.css) */
  const ROOM = SHEET / SHRINK;
  const SMALLEST = 0.85;  /* smaller than that, figures in a table are hard to read: its columns form groups */
  const undo = [];
  const all = (selector) => [...document.querySelectorAll(selector)];

  /* by row: each cell with the columns that it covers, [from, to) */
  const placed = (table) => {
    const covered = [];  /* by column: into how many rows more a cell from above reaches */
    return [...table.rows].map((row) => {
      let at = 0;
      const cells = [...row.cells].map((cell) => {
        for (; covered[at]; at += 1) covered[at] -= 1;
        const from = at;
        for (; at < from + cell.colSpan; at += 1) covered[at] = cell.rowSpan - 1;
        return { cell, from, to: at };
      });
      for (; at < covered.length; at += 1) if (covered[at]) covered[at] -= 1;
      return cells;
    });
  };

  const widthsOf = (rows) => {
    const widths = [];
    for (const cells of rows.slice(0, 60)) {
      for (const { cell, from, to } of cells) {
        if (to === from + 1) widths[from] ??= cell.offsetWidth;
      }
    }
    return Array.from(widths, (width) => width ?? 0);
  };

  /* the columns that name the rows stand before each group */
  const namesOf = (table, rows) => {
    const first = rows[[...table.rows].findIndex((row) => row.parentElement.localName === "tbody")] ?? [];
    const heads = first.findIndex(({ cell }) => cell.localName !== "th");
    return Math.max(1, heads < 0 ? 0 : first[heads].from);
  };

  const groupsOf = (widths, names) => {
    const before = widths.slice(0, names).reduce((sum, width) => sum + width, 0);
    const groups = [];
    let left = 0;
    widths.forEach((width, column) => {
      if (column < names) return;
      if (!groups.length || left < width) {
        groups.push([column, column]);
        left = ROOM / SMALLEST - before;
      }
      left -= width;
      groups.at(-1)[1] = column + 1;
    });
    const widest = Math.max(...groups.map(([from, to]) => widths.slice(from, to).reduce((sum, width) => sum + width, before)));
    return { groups, zoom: Math.min(1, ROOM / widest) };
  };

  const measure = (table) => {
    const width = table.offsetWidth;
    if (width <= ROOM) return null;
    if (width * SMALLEST <= ROOM || table.querySelector("table")) return { table, zoom: ROOM / width };
    const rows = placed(table);
    const widths = widthsOf(rows);
    const names = namesOf(table, rows);
    return { table, rows, names, columns: widths.length, ...groupsOf(widths, names) };
  };

  /* the table with its first `names` columns and those in [from, to) */
  const partOf = ({ table, rows, names, zoom }, [from, to]) => {
    const part = table.cloneNode(true);
    const copies = [...part.rows];
    rows.forEach((cells, at) => {
      const kept = cells.map((place, number) => {
        const covers = (low, high) => Math.max(0, Math.min(place.to, high) - Math.max(place.from, low));
        const span = covers(0, names) + covers(from, to);
        const copy = copies[at].cells[number];
        if (span) copy.colSpan = span;
        return span ? copy : null;
      });
      copies[at].replaceChildren(...kept.filter(Boolean));
    });
    part.classList.add("group");
    part.style.zoom = zoom;
    return part;
  };

  const split = (found) => {
    const box = found.table.closest(".table-scroll") ?? found.table;
    const parts = found.groups.map((group) => {
      const sheet = box.cloneNode(false);
      sheet.removeAttribute("id");
      const told = document.createElement("p");
      told.className = "group-told";
      told.textContent = `Columns ${group[0] - found.names + 1}–${group[1] - found.names} of ${found.columns - found.names}`;
      sheet.replaceChildren(told, partOf(found, group));
      return sheet;
    });
    box.after(...parts);
    box.classList.add("in-groups");
    undo.push(() => {
      for (const part of parts) part.remove();
      box.classList.remove("in-groups");
    });
  };

  const style = (element, changes) => {
    Object.assign(element.style, changes);
    undo.push(() => element.removeAttribute("style"));
  };

  const scaleFrame = ({ frame, width, height }) => {
    /* what is drawn stays as wide as it was drawn, for nothing in a frame hears of the sheet */
    const scale = SHEET / width;
    style(frame, {
      width: `${width}px`,
      transformOrigin: "0 0",
      transform: `scale(${scale})`,
      marginRight: `${SHEET - width}px`,
      marginBottom: `${height * (scale - 1)}px`,
    });
  };

  const fit = () => {
    for (const fold of all("details.error, details.folded-outputs")) fold.open = true;
    const article = document.querySelector("article");
    article?.classList.add("measured");
    const tables = all(".prose table").filter((table) => !table.parentElement.closest("table")).map(measure).filter(Boolean);
    const formulas = all(".math-display").map((formula) => ({ formula, width: formula.scrollWidth })).filter(({ width }) => width > ROOM);
    const frames = all(".prose iframe.output-frame:not(.paper-frame)")
      .map((frame) => ({ frame, width: frame.offsetWidth, height: frame.offsetHeight })).filter(({ width }) => width > SHEET);
    for (const found of tables) {
      if (found.groups) split(found);
      else style(found.table, { zoom: found.zoom });
    }
    for (const { formula, width } of formulas) style(formula, { zoom: ROOM / width });
    frames.forEach(scaleFrame);
    undo.push(() => article?.classList.remove("measured"));
  };

  addEventListener("beforeprint", fit);
  addEventListener("afterprint", () => {
    while (undo.length) undo.pop()();
  });
})();
