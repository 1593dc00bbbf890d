/* Code: folded for readers, open for whoever wrote it; what someone chose, for all of it or for a cell, stays. */
"use strict";
(() => {
  const button = document.querySelector("[data-code-switch]");
  if (!button) return;
  const isMine = post.page.dataset.authorOf.split(" ").includes(document.body.dataset.user || " ");
  const CHOICE = isMine ? "almanac-code-own" : "almanac-code";
  const CELLS = `almanac-cells-${post.page.dataset.post}`;
  const asked = new URLSearchParams(location.search).get("code");

  const recall = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };

  /* {cell: open or not}, only those that differ from the rest */
  const recallCells = () => {
    try {
      return JSON.parse(recall(CELLS)) || {};
    } catch {
      return {};
    }
  };

  let shown = (asked ?? recall(CHOICE) ?? (isMine ? "1" : "0")) === "1";
  let cells = asked === null ? recallCells() : {};
  const nameOf = (code) => code.closest(".cell")?.id || "";
  const isOpen = (code) => cells[nameOf(code)] ?? (shown && !code.classList.contains("tucked"));
  const fold = (element) => {
    for (const code of element.querySelectorAll("details.code")) code.open = isOpen(code);
  };

  const switchCode = () => {
    const anchor = document.elementsFromPoint(innerWidth / 2, innerHeight / 3).map((at) => at.closest(".cell")).find(Boolean);
    const before = anchor?.getBoundingClientRect().top;
    shown = !shown;
    cells = {};
    for (const prose of document.querySelectorAll(".prose")) fold(prose);
    button.setAttribute("aria-pressed", String(shown));
    remember(CHOICE, shown ? "1" : "0");
    remember(CELLS, "{}");
    if (anchor) scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
  };
  post.switchCode = () => { if (!button.hidden) switchCode(); };

  const tools = (code) => {
    const row = document.createElement("div");
    row.className = "code-tools";
    const cell = nameOf(code);
    const copy = post.button("Copy", "tool", () => post.copy(code.querySelector("pre").textContent.replace(/\n$/, ""), copy));
    copy.setAttribute("aria-label", "Copy this code");
    row.append(copy);
    if (cell) {
      const link = post.button("Link", "tool", () => post.copy(post.addressOf(cell), link));
      link.setAttribute("aria-label", "Copy the address of this cell");
      row.append(link);
    }
    return row;
  };

  const withCopy = (block) => {
    const box = document.createElement("div");
    box.className = "copyable";
    block.replaceWith(box);
    const copy = post.button("Copy", "tool", () => post.copy(block.textContent.replace(/\n$/, ""), copy));
    copy.setAttribute("aria-label", "Copy this code");
    box.append(block, copy);
  };

  post.whenShown((element) => {
    fold(element);
    for (const code of element.querySelectorAll("details.code:not(:has(.code-tools))")) code.append(tools(code));
    for (const block of element.querySelectorAll(".cell.text pre:has(code)")) withCopy(block);
    if (document.querySelector("details.code")) button.hidden = false;
  });
  button.setAttribute("aria-pressed", String(shown));
  button.addEventListener("click", switchCode);

  document.addEventListener("click", (event) => {
    const code = event.target.closest(".code > summary")?.parentElement;
    if (!code) return;
    cells[nameOf(code)] = !code.open;  /* it turns once this event is over */
    if (cells[nameOf(code)] === (shown && !code.classList.contains("tucked"))) delete cells[nameOf(code)];
    remember(CELLS, JSON.stringify(cells));
  });
})();
