/* Steps from change to change, and lays figures over each other. */
"use strict";
(() => {
  const changes = () => [...document.querySelectorAll(".compare-cell")];

  const step = (by) => {
    const all = changes();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement?.closest(".compare-cell"));
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, input:not([type=radio])")) return;
    if (event.key === "n") step(1);
    else if (event.key === "p") step(-1);
  });

  document.addEventListener("input", (event) => {
    const swipe = event.target.closest(".compare-swipe");
    if (swipe) swipe.querySelector(".compare-stage").style.setProperty("--cut", `${event.target.value}%`);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-swipe]");
    if (!button) return;
    const isLaid = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isLaid));
    button.textContent = isLaid ? "Side by side" : "Lay one over the other";
    const output = button.closest(".compare-output");
    output.querySelector(".compare-swipe").hidden = !isLaid;
    output.querySelector(".compare-pair").hidden = isLaid;
  });
})();
