/* The window of a presentation: the slides have the keyboard at once, and get it back. */
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
  addEventListener("message", ({ data, source }) => {
    if (source === deck.contentWindow && data?.almanac === "print") handout.click();
  });

  const button = document.querySelector("[data-fullscreen]");
  if (!document.fullscreenEnabled) button.hidden = true;
  button.addEventListener("click", () => {
    deck.requestFullscreen();
    give();
  });
})();
