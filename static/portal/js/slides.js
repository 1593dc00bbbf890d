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

  const button = document.querySelector("[data-fullscreen]");
  if (!document.fullscreenEnabled) button.hidden = true;
  button.addEventListener("click", () => {
    deck.requestFullscreen();
    give();
  });
})();
