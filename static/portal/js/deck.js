/* The slides of a post, in their frame (portal/taking/slides.py): reveal.js, with slides that fit, outputs that
   wait for their slide, and a few keys. */
"use strict";
(() => {
  const isNarrow = matchMedia("(max-width: 700px)").matches;
  const WIDTH = isNarrow ? 600 : 1200;
  const HEIGHT = isNarrow ? 1000 : 720;
  document.documentElement.style.setProperty("--slide-height", `${HEIGHT}px`);
  const HIGHEST_FRAME = 540;
  const ZOOMS = [1, 0.92, 0.84, 0.76, 0.68, 0.6];

  /* a slide too full for the window gets smaller, and if that isn't enough, scrolls */
  const fit = (slide) => {
    const content = slide?.querySelector(".fit");
    if (!content) return;
    slide.classList.remove("tall");
    const room = () => content.getBoundingClientRect().height / Reveal.getScale();
    const zoom = ZOOMS.find((candidate) => {
      content.style.zoom = candidate;
      return room() <= HEIGHT;
    });
    slide.classList.toggle("tall", zoom === undefined);
    if (zoom === undefined) content.style.zoom = 0.76;
    Reveal.layout();
  };

  const fill = (slide) => {
    for (const frame of slide?.querySelectorAll("iframe[data-frame]:not([srcdoc])") ?? []) {
      frame.srcdoc = JSON.parse(document.getElementById(`frame-${frame.dataset.frame}`).textContent);
    }
  };

  const show = () => {
    const slides = Reveal.getSlides();
    const at = slides.indexOf(Reveal.getCurrentSlide());
    fill(slides[at]);
    fit(slides[at]);
    setTimeout(() => fill(slides[at + 1]), 300);
  };

  addEventListener("message", (event) => {
    const message = event.data;
    if (event.origin !== "null" || typeof message !== "object" || message === null) return;
    if (message.almanac !== "height" || !Number.isFinite(message.height)) return;
    const frame = [...document.querySelectorAll("iframe[data-frame]")].find((one) => one.contentWindow === event.source);
    if (!frame) return;
    frame.height = Math.min(HIGHEST_FRAME, Math.max(40, Math.ceil(message.height)));
    if (Reveal.getCurrentSlide()?.contains(frame)) fit(Reveal.getCurrentSlide());
  });

  const switchCode = () => {
    const codes = [...document.querySelectorAll("details.code:not(.tucked)")];
    const shown = codes.some((code) => code.open);
    for (const code of codes) code.open = !shown;
    fit(Reveal.getCurrentSlide());
  };

  Reveal.on("ready", () => {
    show();
    parent.postMessage({ almanac: "ready" }, "*");
  });
  Reveal.on("slidechanged", show);
  for (const happening of ["toggle", "load"]) {  /* of code that unfolds, and of pictures */
    document.addEventListener(happening, () => { if (Reveal.isReady()) fit(Reveal.getCurrentSlide()); }, true);
  }
  Reveal.initialize({
    width: WIDTH,
    height: HEIGHT,
    margin: 0.05,
    center: true,
    hash: false,
    history: false,
    slideNumber: "c/t",
    transition: matchMedia("(prefers-reduced-motion: reduce)").matches ? "none" : "slide",
    transitionSpeed: "fast",
    backgroundTransition: "none",
  });
  Reveal.addKeyBinding({ keyCode: 67, key: "C", description: "Show or hide code" }, switchCode);
  Reveal.addKeyBinding({ keyCode: 83, key: "S", description: "Show or hide notes" }, () => {
    Reveal.configure({ showNotes: !Reveal.getConfig().showNotes });
    Reveal.layout();
  });
  /* in its frame, a print would show one slide: the window has a page with all of them */
  addEventListener("keydown", (event) => {
    if (event.key !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    parent.postMessage({ almanac: "print" }, "*");
  });
  addEventListener("message", ({ data, source }) => {
    if (source === parent && data?.almanac === "key" && Number.isInteger(data.keyCode)) Reveal.triggerKey(data.keyCode);
  });
  addEventListener("load", () => { focus(); show(); });
})();
