/* A post: the code switch, the outline that follows, frames that take the height they ask for, a few keys. */
"use strict";
(() => {
  const codes = [...document.querySelectorAll("details.code")];
  const button = document.querySelector("[data-code-switch]");

  const stored = () => {
    try {
      return localStorage.getItem("almanac-code") === "1";
    } catch {
      return false;
    }
  };

  const showCode = (shown) => {
    for (const code of codes) code.open = shown;
    button.setAttribute("aria-pressed", String(shown));
  };

  const switchCode = () => {
    const shown = button.getAttribute("aria-pressed") !== "true";
    showCode(shown);
    remember("almanac-code", shown ? "1" : "0");
  };

  if (button && codes.length) {
    button.hidden = false;
    button.title = "Show or hide all code (c)";
    button.addEventListener("click", switchCode);
    const asked = new URLSearchParams(location.search).get("code");
    if (asked === "1" || (asked === null && stored())) showCode(true);
  }

  /* a link to a cell opens its code, and one to a heading in folded code too */
  const openTarget = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.querySelector("details.code");
    if (folded && target.id.startsWith("cell-")) folded.open = true;
  };
  openTarget();
  addEventListener("hashchange", openTarget);

  const outline = document.querySelector(".outline");
  if (outline) {
    const wide = matchMedia("(min-width: 1280px)");
    const follow = () => { outline.open = wide.matches; };
    follow();
    wide.addEventListener("change", follow);

    const links = new Map();
    for (const link of outline.querySelectorAll("a")) {
      const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (heading) links.set(heading, link);
    }
    const headings = [...links.keys()];
    const mark = () => {
      const line = innerHeight * 0.3;
      let current = headings[0];
      for (const heading of headings) {
        if (heading.getBoundingClientRect().top <= line) current = heading;
      }
      for (const [heading, link] of links) {
        if (heading === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    };
    /* asked only when a heading crosses the line, not at every pixel scrolled */
    const watch = new IntersectionObserver(mark, { rootMargin: "0px 0px -70% 0px" });
    for (const heading of headings) watch.observe(heading);
    outline.addEventListener("click", (event) => {
      if (event.target.closest("a") && !wide.matches) outline.open = false;
    });
  }

  /* a frame says how high its content is; it can say nothing else, and nobody else can say it */
  const frames = [...document.querySelectorAll("iframe.output-frame")];
  addEventListener("message", (event) => {
    const message = event.data;
    if (event.origin !== "null" || typeof message !== "object" || message === null) return;
    if (message.almanac !== "height" || !Number.isFinite(message.height)) return;
    const frame = frames.find((candidate) => candidate.contentWindow === event.source);
    if (frame) frame.height = Math.min(4000, Math.max(40, Math.ceil(message.height)));
  });

  /* a picture that was never pushed: say which, instead of an empty frame */
  const sayMissing = (image) => {
    const note = document.createElement("span");
    note.className = "notice";
    note.textContent = `Image missing: ${image.alt || image.src.split("/").pop()} (it can’t be found beside the document)`;
    image.replaceWith(note);
  };
  for (const image of document.querySelectorAll(".prose img")) {
    if (image.complete && image.currentSrc && !image.naturalWidth) sayMissing(image);
    else image.addEventListener("error", () => sayMissing(image));
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (event.key === "c" && button && !button.hidden) switchCode();
  });

  /* on paper nothing unfolds or scrolls: print.css hides code, this opens errors and shrinks wide tables to the sheet */
  const SHEET = 640;
  const tables = document.querySelectorAll(".prose .table-scroll > table");
  addEventListener("beforeprint", () => {
    for (const error of document.querySelectorAll("details.error")) error.open = true;
    for (const table of tables) table.style.zoom = Math.max(0.4, Math.min(1, SHEET / table.parentElement.scrollWidth));
  });
  addEventListener("afterprint", () => { for (const table of tables) table.style.zoom = ""; });
})();
