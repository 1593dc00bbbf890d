/* Frames take the height that their content asks for, and a whole document leads to its places. */
"use strict";
(() => {
  const LOWEST = 40;
  const HIGHEST = 4000;
  const HIGHEST_DOCUMENT = 100000; // a whole document is read as a page, not in a box
  const MOST_SHRINKS = 60; // what has shrunk this often would else have the page jump for ever
  const shrinks = new WeakMap();

  frameMessages.on("height", (frame, { height }) => {
    if (!Number.isFinite(height)) return;
    const highest = frame.classList.contains("document-frame") ? HIGHEST_DOCUMENT : HIGHEST;
    const asked = Math.min(highest, Math.max(LOWEST, Math.ceil(height)));
    frame.dataset.told = "";
    if (asked === Number(frame.height)) return;
    if (asked < frame.height) shrinks.set(frame, (shrinks.get(frame) ?? 0) + 1);
    if (asked > frame.height || shrinks.get(frame) <= MOST_SHRINKS) frame.height = asked;
  });

  /* to a place in a document, only while the reader is in it and has just asked for it */
  frameMessages.on("place", (frame, { top }) => {
    if (!frame.classList.contains("document-frame") || document.activeElement !== frame || !Number.isFinite(top)) return;
    if (navigator.userActivation?.isActive === false) return;
    const bar = document.querySelector("body > header")?.offsetHeight ?? 0;
    scrollBy(0, frame.getBoundingClientRect().top + top - bar - 16);
  });

  frameMessages.start();
})();
