/* Runs before the page is drawn, so that nobody sees the other theme flash. */
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("almanac-theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    /* no storage: the system's theme it is */
  }
})();
