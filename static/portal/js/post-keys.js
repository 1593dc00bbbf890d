/* Keys of the reading page, and the list of them. */
"use strict";
(() => {
  const list = document.querySelector("dialog.keys");
  if (!list) return;
  const showList = () => list.showModal();
  const KEYS = {
    c: () => post.switchCode?.(),
    j: () => post.step?.(1),
    k: () => post.step?.(-1),
    f: () => post.enlargeInView?.(),
    t: () => post.toContents?.(),
    "?": showList,
  };
  document.querySelector("[data-shortcuts]")?.addEventListener("click", showList);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    if (document.querySelector("dialog[open]") || !Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
})();
