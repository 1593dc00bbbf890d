/* The contents: where the reader is in them, and how far. */
"use strict";
(() => {
  const outline = document.querySelector(".outline");
  if (!outline) return;
  const links = [...outline.querySelectorAll("nav a")];
  const here = outline.querySelector(".here");
  const wide = matchMedia("(min-width: 1280px)");
  const follow = () => { outline.open = wide.matches; };
  follow();
  wide.addEventListener("change", follow);

  let marks = [];
  const collect = () => {
    marks = links
      .map((link) => [document.getElementById(decodeURIComponent(link.hash.slice(1))), link])
      .filter(([heading]) => heading);
  };

  /* whether the heading is above the line; a cell that is far away is not laid out only to be asked */
  const isAbove = (heading, line) => {
    const cell = heading.closest(".cell")?.getBoundingClientRect();
    if (cell && cell.bottom < line) return true;
    if (cell && cell.top > line) return false;
    return heading.getBoundingClientRect().top <= line;
  };

  const current = () => {
    const line = innerHeight * 0.3;
    let [low, high] = [0, marks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAbove(marks[middle][0], line)) low = middle + 1;
      else high = middle;
    }
    return marks[low - 1]?.[1];
  };

  const list = outline.querySelector("nav");
  const inView = (link) => {
    if (list.scrollHeight <= list.clientHeight) return;
    const [box, at] = [list.getBoundingClientRect(), link.getBoundingClientRect()];
    if (at.top < box.top + 40 || at.bottom > box.bottom - 40) list.scrollTop += at.top - box.top - box.height / 3;
  };

  let marked = null;
  const mark = () => {
    const box = post.article.getBoundingClientRect();
    const read = Math.min(1, Math.max(0, (innerHeight * 0.7 - box.top) / Math.max(1, box.height)));
    outline.style.setProperty("--read", read.toFixed(4));
    const link = current();
    if (link === marked) return;
    marked?.removeAttribute("aria-current");
    for (const branch of outline.querySelectorAll("li.on")) branch.classList.remove("on");
    marked = link;
    here.textContent = link?.textContent ?? "";
    if (!link) return;
    link.setAttribute("aria-current", "true");
    for (let branch = link.closest("li"); branch; branch = branch.parentElement.closest("li")) branch.classList.add("on");
    if (outline.open) inView(link);
  };
  outline.addEventListener("toggle", () => { if (outline.open && marked) inView(marked); });

  let asked = 0;
  const markSoon = () => { asked ||= requestAnimationFrame(() => { asked = 0; mark(); }); };
  post.whenShown(() => { collect(); markSoon(); });
  addEventListener("scroll", markSoon, { passive: true });
  addEventListener("resize", markSoon);

  const close = () => { if (!wide.matches) outline.open = false; };
  outline.addEventListener("click", (event) => { if (event.target.closest("nav a")) close(); });
  document.addEventListener("click", (event) => { if (!outline.contains(event.target)) close(); });
  outline.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || wide.matches) return;
    close();
    outline.querySelector("summary").focus();
  });

  /* to the next or the previous section */
  post.step = (by) => {
    const at = links.indexOf(marked) + by;
    if (links[at]) location.hash = links[at].hash;
  };
  post.toContents = () => {
    outline.open = true;
    (marked ?? links[0]).focus();
  };
})();
