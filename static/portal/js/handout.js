/* Slides on paper: one that is too full for its sheet gets smaller; if that isn't enough, it goes on overleaf. */
"use strict";
(() => {
  const HEIGHT = 640;
  const ZOOMS = [1, 0.92, 0.84, 0.76, 0.68, 0.6];
  const slides = [...document.querySelectorAll(".handout .fit")];
  const fit = () => {
    for (const slide of slides) {
      const zoom = ZOOMS.find((candidate) => {
        slide.style.zoom = candidate;
        return slide.getBoundingClientRect().height <= HEIGHT;
      });
      if (zoom === undefined) slide.style.zoom = 1;
    }
  };
  addEventListener("beforeprint", fit);
  /* whoever chose Print beside the slides wants paper, and no other button */
  addEventListener("load", () => {
    if (location.hash !== "#print") return;
    history.replaceState(null, "", location.pathname);
    document.querySelector("[data-print]").click();
  });
})();
