/* On paper, or saved as PDF: all of the document, its outputs open, each page with the address at its foot. */
"use strict";
(() => {
  const PATIENCE = 8000;  /* milliseconds for frames to draw, all together */
  const button = document.querySelector("[data-print]");
  const menu = button?.closest("details");
  if (!button || !post.article) return;

  /* margin boxes of pages know no variables, so the style is written here; without them the imprint stays in place */
  const imprint = document.querySelector(".imprint").textContent.trim();
  const foot = new CSSStyleSheet();
  foot.replaceSync(`@page { @bottom-left { content: ${JSON.stringify(imprint)}; } }`);
  if (foot.cssRules[0]?.cssText.includes("@bottom-left")) {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, foot];
    document.documentElement.classList.add("paged");
  }

  const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

  const drawFrames = async () => {
    const frames = [...post.article.querySelectorAll("iframe.output-frame:not(.paper-frame)")];
    for (const frame of frames) frame.loading = "eager";
    /* some tell a height before they have drawn: wait until all have told one, and none tells another */
    let before;
    for (let waited = 0; frames.length && waited < PATIENCE; waited += 500) {
      const heights = frames.map((frame) => ("told" in frame.dataset ? frame.height : "")).join();
      if (heights === before && frames.every((frame) => "told" in frame.dataset)) break;
      before = heights;
      await pause(500);
    }
  };

  const loadImages = () => {
    const images = [...post.article.querySelectorAll("img")];
    for (const image of images) image.loading = "eager";
    return Promise.race([Promise.all(images.map((image) => image.decode().catch(() => {}))), pause(PATIENCE)]);
  };

  let busy = false;
  const printAll = async () => {
    if (busy) return;
    busy = true;
    const label = button.textContent;
    try {
      await post.loadAll?.((done, all) => { button.textContent = `Loading part ${done + 1} of ${all} …`; });
      button.textContent = "Drawing figures …";
      await Promise.all([drawFrames(), loadImages()]);
    } finally {
      button.textContent = label;
      if (menu) menu.open = false;
      busy = false;
    }
    print();
  };
  button.addEventListener("click", (event) => {
    event.stopPropagation();  /* the menu stays open and tells how far it is */
    printAll();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (menu) menu.open = true;
    printAll();
  });
})();
