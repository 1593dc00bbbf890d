/* Frames take the height that their content asks for. They can say nothing else, and nobody else can say it. */
"use strict";
(() => {
  const LOWEST = 40;
  const HIGHEST = 4000;
  const HIGHEST_DOCUMENT = 100000; // a whole document is read as a page, not in a box
  /* To a place in a document, only while the reader is in it. */
  const move = (frame, top) => {
    if (document.activeElement !== frame || !Number.isFinite(top)) return;
    const bar = document.querySelector("header")?.offsetHeight ?? 0;
    scrollBy(0, frame.getBoundingClientRect().top + top - bar - 16);
  };
  addEventListener("message", ({ data, origin, source }) => {
    if (origin !== "null" || typeof data !== "object" || data === null) return;
    for (const frame of document.querySelectorAll(".prose iframe.output-frame")) {
      if (frame.contentWindow !== source) continue;
      const isDocument = frame.classList.contains("document-frame");
      if (data.almanac === "place" && isDocument) move(frame, data.top);
      if (data.almanac !== "height" || !Number.isFinite(data.height)) return;
      frame.height = Math.min(isDocument ? HIGHEST_DOCUMENT : HIGHEST, Math.max(LOWEST, Math.ceil(data.height)));
      frame.dataset.told = "";
      return;
    }
  });
  /* those that were quicker than this script have said it to nobody */
  for (const frame of document.querySelectorAll(".prose iframe.output-frame:not(.paper-frame)")) {
    frame.contentWindow.postMessage({ almanac: "how tall" }, "*");
  }
})();
