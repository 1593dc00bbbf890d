/* A review by hand or by keys: comments beside cells and lines, steps between conversations, the verdict. */
"use strict";
(() => {
  const main = document.querySelector(".review-main");
  if (!main) return;

  /* below a line, and what was said of it before */
  const below = (code, element) => {
    let row = code.parentElement;
    while (row.nextElementSibling?.matches(".hung")) row = row.nextElementSibling;
    row.after(element);
  };

  /* a conversation about a line stands below it, where that line is shown */
  const settleDown = (root) => {
    for (const hung of root.querySelectorAll("[data-hung] > .hung")) {
      const { side, line } = hung.dataset;
      if (line === "0") continue;
      const cell = hung.closest("[data-cell-old]");
      const code = cell?.querySelector(`.compare-source [data-side="${side}"][data-line="${line}"]`);
      if (!code) continue;
      below(code, hung);
      cell.querySelector('.compare-switch [value="source"]')?.click();
    }
  };
  settleDown(main);
  document.addEventListener("htmx:afterSwap", () => settleDown(main));
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: "center" });

  /* one form at a time */
  const closed = () => {
    const form = main.querySelector("form[data-draft]");
    if (!form) return true;
    if (form.elements.body.value.trim() && !confirm("Leave the comment that you began?")) return false;
    form.remove();
    return true;
  };

  /* who leaves it is where they began it */
  let opener = null;
  const goBack = () => {
    if (!opener?.isConnected) return;
    if (!opener.matches("a")) opener.tabIndex = -1;
    opener.focus({ preventScroll: true });
  };

  const begin = (form) => {
    const { body } = form.elements;
    const text = body.value.indexOf("suggestion\n") + "suggestion\n".length;
    body.focus({ preventScroll: true });
    if (body.value) body.setSelectionRange(text, body.value.lastIndexOf("\n`"));
    form.scrollIntoView({ block: "nearest" });
  };

  const open = async (address, from, place) => {
    if (!closed()) return;
    opener = from;
    const { ok, element } = await talk.ask(address);
    if (!ok || !element) return;
    place(element);
    begin(element);
  };

  /* the form anew, with the text that stands there below what was said so far */
  const suggest = async (form, address) => {
    const { ok, element } = await talk.ask(address);
    if (!ok || !element) return;
    const said = form.elements.body.value.trim();
    if (said) element.elements.body.value = `${said}\n\n${element.elements.body.value}`;
    form.replaceWith(element);
    begin(element);
  };

  const addressOf = (cell, side, line) => {
    const asked = new URL(cell.querySelector(".hung-foot a[data-comment]").href);
    const { cellOld, cellNew } = cell.dataset;
    asked.searchParams.set("side", side);
    asked.searchParams.set("cell", side === "old" ? cellOld : cellNew);
    if (side === "old") asked.searchParams.set("of", main.dataset.ofOld);
    if (line) asked.searchParams.set("line", line);
    return asked;
  };

  const onLine = (code) => open(
    addressOf(code.closest("[data-cell-old]"), code.dataset.side, code.dataset.line),
    code,
    (form) => below(code, form),
  );
  const onCell = (link) => open(link.href, link, (form) => (link.closest(".hung-foot, h3") ?? link).after(form));

  /* a sign beside the line that is pointed at */
  const sign = document.createElement("button");
  sign.type = "button";
  sign.className = "line-talk";
  sign.textContent = "+";
  sign.tabIndex = -1;
  const point = (event) => {
    const code = event.target.closest?.(".compare-source code[data-line]");
    if (!code || sign.parentElement === code || !code.closest("[data-cell-old]")?.querySelector("a[data-comment]")) return;
    sign.setAttribute("aria-label", `Comment on line ${code.dataset.line}`);
    code.append(sign);
  };
  main.addEventListener("pointerover", point);
  main.addEventListener("focusin", point);

  main.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.target.closest(".line-talk")) {
      onLine(event.target.closest("code"));
      return;
    }
    const link = event.target.closest("a[data-comment]");
    const form = event.target.closest("form[data-draft]");
    if (link) {
      event.preventDefault();
      onCell(link);
    } else if (form && event.target.closest("[data-close]")) {
      event.preventDefault();
      form.remove();
      goBack();
    } else if (form && event.target.closest("[data-suggest]")) {
      event.preventDefault();
      suggest(form, event.target.href);
    }
  });

  /* what was said takes the place of its form; how many wait for the verdict is told beside it */
  document.addEventListener("almanac:placed", ({ detail }) => {
    const hung = document.createElement("div");
    hung.className = "hung";
    detail.before(hung);
    hung.append(detail);
    const told = document.querySelector("[data-drafts]");
    if (!told || !detail.querySelector(".badge.warn")) return;
    const number = Number(told.dataset.drafts) + 1;
    told.dataset.drafts = number;
    told.querySelector("b").textContent = `${number} comment${number === 1 ? "" : "s"}`;
    told.hidden = false;
  });

  /* keys */
  const seen = (selector) => [...main.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  const step = (selector, by) => {
    const all = seen(selector);
    const here = document.activeElement.closest?.(selector);
    const at = here ? all.indexOf(here) : by > 0 ? -1 : all.length;
    const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
    if (!next) return;
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const lineBy = (by) => {
    const cell = document.activeElement.closest(".compare-cell") ?? main.querySelector(".compare-cell");
    cell?.querySelector('.compare-switch [value="source"]')?.click();
    const both = [...(cell?.querySelectorAll(".compare-source .compare-line") ?? [])];
    const lines = both.map((row) => row.querySelector("code.new[data-line]") ?? row.querySelector("code[data-line]")).filter((code) => code?.checkVisibility());
    const at = lines.indexOf(document.activeElement);
    const next = lines[at < 0 ? (by > 0 ? 0 : lines.length - 1) : at + by];
    if (!next) return;
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const comment = () => {
    const code = document.activeElement.closest("code[data-line]");
    if (code) onLine(code);
    else {
      const link = document.activeElement.closest("[data-cell-old]")?.querySelector(".hung-foot a[data-comment]");
      if (link) onCell(link);
    }
  };
  const inThread = (selector) => document.activeElement.closest(".thread")?.querySelector(selector);
  const keys = {
    j: () => lineBy(1),
    k: () => lineBy(-1),
    c: comment,
    t: () => step(".thread", 1),
    T: () => step(".thread", -1),
    r: () => inThread(".reply > summary")?.click(),
    e: () => inThread('.settle [name="act"][value="resolve"], .settle [name="act"][value="reopen"]')?.click(),
    v: () => document.querySelector("#verdict textarea")?.focus(),
    "?": () => {
      const help = document.querySelector(".review-keys");
      help.open = !help.open;
      help.scrollIntoView({ block: "nearest" });
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const form = event.target.closest?.("form[data-draft]");
    if (event.key === "Escape" && form) {
      if (closed()) goBack();
      return;
    }
    if (event.target.closest?.("textarea, select, input:not([type=radio])")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
