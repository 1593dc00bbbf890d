/* The window of a presentation: the slides have the keyboard at once, and get it back. Keys that come here first,
   while the slides load or before they have the focus, are handed on. */
"use strict";
(() => {
  const deck = document.querySelector("iframe.deck");
  const give = () => {
    deck.blur();
    deck.focus();
  };
  deck.addEventListener("load", give);
  addEventListener("focus", give);

  const handout = document.querySelector("[data-handout]");
  const isPrint = (event) => event.key === "p" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  addEventListener("keydown", (event) => {
    if (!isPrint(event)) return;
    event.preventDefault();
    handout.click();
  });
  let isReady = false;
  const early = [];
  const hand = (keyCode) => deck.contentWindow.postMessage({ almanac: "key", keyCode }, "*");
  addEventListener("keydown", (event) => {
    if (event.target !== document.body || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isReady) hand(event.keyCode);
    else if (early.length < 20) early.push(event.keyCode);
  });
  addEventListener("message", ({ data, source }) => {
    if (source !== deck.contentWindow) return;
    if (data?.almanac === "print") handout.click();
    if (data?.almanac === "ready" && !isReady) {
      isReady = true;
      give();
      early.splice(0).forEach(hand);
    }
  });

  const button = document.querySelector("[data-fullscreen]");
  if (!document.fullscreenEnabled) button.hidden = true;
  button.addEventListener("click", () => {
    deck.requestFullscreen();
    give();
  });
})();
