/* What the search box offers while one types: a combobox with a list (WAI-ARIA). Without an answer it stays a form. */
"use strict";
(() => {
  const box = document.querySelector("[data-find]");
  const list = Object.assign(document.createElement("div"), { id: "find-list", className: "find-list", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  box.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-controls": list.id, "aria-autocomplete": "list", "aria-expanded": "false" })) {
    box.setAttribute(name, value);
  }

  let timer = 0;
  let asking = null;
  let asked = "";

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");
  const show = (isOpen) => {
    list.hidden = !isOpen;
    box.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) choose(null);
  };
  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
  };

  const ask = async () => {
    const text = box.value.trim();
    if (text === asked) return show(Boolean(text && options().length));
    asking?.abort();
    asked = text;
    if (text.length < 2) {
      list.replaceChildren();
      return show(false);
    }
    asking = new AbortController();
    try {
      const answer = await fetch(`${box.dataset.suggest}?${new URLSearchParams({ q: text })}`, { signal: asking.signal, redirect: "error" });
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      list.replaceChildren(...page.body.childNodes);
      options().forEach((option, at) => { option.id = `find-${at}`; });
      show(document.activeElement === box && options().length > 0);
    } catch (error) {
      if (error.name === "AbortError") return;
      asked = "";
      show(false);
    }
  };

  const step = (by) => {
    const all = options();
    if (!all.length) return;
    if (list.hidden) show(true);
    const at = all.indexOf(chosen()) + by;
    choose(at < 0 && by < 0 && !chosen() ? all.at(-1) : all[at] ?? null);
  };
  const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Escape: () => {
      if (list.hidden) box.blur();
      show(false);
    },
    Enter: () => location.assign(chosen().href),
  };

  box.addEventListener("input", () => {
    clearTimeout(timer);
    choose(null);
    timer = setTimeout(ask, 120);
  });
  box.addEventListener("keydown", (event) => {
    if (!Object.hasOwn(KEYS, event.key) || event.isComposing || (event.key === "Enter" && !chosen())) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  box.addEventListener("focus", () => { if (box.value.trim()) ask(); });
  box.form.addEventListener("focusout", (event) => { if (!box.form.contains(event.relatedTarget)) show(false); });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  if (box.value.trim()) ask();
})();
