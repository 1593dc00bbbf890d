/* How far, and for how long, somebody looks at a post: told once they leave it. Comes once all of the page is there. */
"use strict";
(() => {
  const told = document.querySelector("[data-read]")?.dataset.read;
  if (!told || !post.article || !navigator.sendBeacon) return;
  let seconds = 0;
  let reach = 0;
  let toldReach = 0;

  /* by now: figures and parts that come late make the document longer, and what was seen of it less */
  const look = () => {
    if (document.hidden) return;
    seconds += 1;
    const { top, height } = post.article.getBoundingClientRect();
    reach = Math.max(reach, Math.min(100, Math.round(100 * (innerHeight - top) / Math.max(1, height))));
  };
  const tell = () => {
    if (!seconds && reach === toldReach) return;
    navigator.sendBeacon(told, new URLSearchParams({ reach, seconds }));
    seconds = 0;
    toldReach = reach;
  };

  setInterval(look, 1000);
  document.addEventListener("visibilitychange", () => { if (document.hidden) tell(); });
  addEventListener("pagehide", tell);
})();
