/* A post: what its scripts share. Each looks at every part of the document, those that come later too. */
"use strict";
const post = {
  page: document.querySelector(".post"),
  article: document.querySelector(".post-text"),

  /* calls `look(element)` for the document and for each part that is added to it */
  whenShown(look) {
    for (const prose of document.querySelectorAll(".prose")) look(prose);
    document.addEventListener("almanac:part", (event) => look(event.detail));
  },

  /* the address of something on this page, as readers pass it on */
  addressOf: (id) => `${location.origin}${location.pathname}#${encodeURIComponent(id)}`,

  asked: () => {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return "";  /* a stray % in the address names nothing */
    }
  },

  button(text, className, click) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = className;
    button.textContent = text;
    if (click) button.addEventListener("click", click);
    return button;
  },

  async copy(text, button) {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      prompt("Copy this:", text);  /* plain http has no clipboard */
    }
    setTimeout(() => { button.textContent = label; }, 1600);
  },

  /* opens whatever hides `target`: folded outputs, errors, long outputs, the code of the cell that it is */
  reveal(target) {
    for (let around = target; around; around = around.parentElement) {
      if (around.localName === "details" && !around.matches(".outline, .menu")) around.open = true;
      if (around.matches(".long")) around.querySelector(":scope > details.all").open = true;
    }
    if (target.matches(".code-cell")) target.querySelector("details.code:not(.tucked)")?.setAttribute("open", "");
  },

  /* post-parts.js fetches what isn't here yet */
  find: async (id) => document.getElementById(id),

  async go(id) {
    const target = id && await post.find(id);
    if (!target) return null;
    post.reveal(target);
    post.hold(target);
    if (target.tabIndex < 0) target.tabIndex = -1;
    target.focus({ preventScroll: true });  /* keys scroll the document from here, and reading aloud goes on here */
    target.classList.remove("flash");
    requestAnimationFrame(() => target.classList.add("flash"));
    return target;
  },

  start: () => post.go(post.asked()),

  /* scrolls `target` to the top, or to `top` in the window, and keeps it there while what lies above takes its
     true height: until it rests, or someone scrolls */
  hold(target, top) {
    let stopped = false;
    const stop = () => { stopped = true; };
    for (const sign of ["wheel", "touchstart", "keydown", "pointerdown"]) addEventListener(sign, stop, { once: true, passive: true });
    const place = () => {
      if (top === undefined) target.scrollIntoView({ behavior: "instant", block: "start" });
      else scrollBy({ top: target.getBoundingClientRect().top - top, behavior: "instant" });
    };
    let rest;
    const settle = (checks, still) => {
      if (stopped || checks === 40 || still === 8) return;
      /* a second time in any case: Firefox goes nowhere in a part that it has not laid out once */
      const moved = checks < 2 || Math.abs(target.getBoundingClientRect().top - rest) > 2;
      if (moved) {
        place();
        rest = target.getBoundingClientRect().top;
      }
      setTimeout(settle, 50, checks + 1, moved ? 0 : still + 1);
    };
    settle(0, 0);
  },
};

(() => {
  /* headings have addresses: the mark beside them copies theirs */
  const mark = (heading) => {
    const link = document.createElement("a");
    link.className = "anchor";
    link.href = `#${encodeURIComponent(heading.id)}`;
    link.setAttribute("aria-label", "Link to this section");
    link.textContent = "#";
    link.addEventListener("click", () => navigator.clipboard?.writeText(post.addressOf(heading.id)).catch(() => {}));
    heading.append(" ", link);
  };

  /* a picture that was never pushed: say which, instead of an empty frame */
  const sayMissing = (image) => {
    const note = document.createElement("span");
    note.className = "notice";
    note.textContent = `Image missing: ${image.alt || image.src.split("/").pop()} (it can’t be found beside the document)`;
    image.replaceWith(note);
  };

  post.whenShown((element) => {
    for (const heading of element.querySelectorAll(":is(h1, h2, h3, h4, h5, h6)[id]")) mark(heading);
    for (const image of element.querySelectorAll("img")) {
      if (image.complete && image.currentSrc && !image.naturalWidth) sayMissing(image);
      else image.addEventListener("error", () => sayMissing(image));
    }
  });

  addEventListener("hashchange", () => post.go(post.asked()));
  addEventListener("DOMContentLoaded", () => post.start());  /* once all of the scripts are here */
})();
