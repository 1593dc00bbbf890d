/* A list of cards that goes on when its end comes near. The address follows what is on screen, so that it can be
   shared and come back to; after some pages the link to the next one waits to be pressed. */
"use strict";

(() => {
  const list = document.querySelector("[data-endless]");
  if (!list) return;
  const MOST = 5;
  let pages = 0;
  let waiting = false;
  const said = document.querySelector("[data-endless-said]");
  const next = () => document.querySelector(".pager a[rel=next]");

  /* cards know the address of the page that they came with */
  const place = (items, address) => { for (const item of items) item.dataset.at = address; };
  place(list.children, location.href);

  const more = async () => {
    const link = next();
    if (waiting || !link || pages >= MOST) return;
    waiting = true;
    try {
      const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const items = [...page.querySelectorAll("[data-endless] > li")].filter((item) => !document.getElementById(item.id));
      place(items, link.href);
      list.append(...items);
      const after = page.querySelector(".pager a[rel=next]");
      if (after) link.href = after.href;
      else link.remove();
      pages += 1;
      if (said) said.textContent = `${items.length} more posts`;
    } catch {
      pages = MOST; /* offline: the link is still there */
    } finally {
      waiting = false;
      watch();
    }
  };

  const near = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) more();
  }, { rootMargin: "800px" });
  const watch = () => {
    near.disconnect();
    const link = next();
    if (link) near.observe(link);
  };

  /* the first card below the bar is where somebody is */
  const first = () => [...list.children].find((item) => item.getBoundingClientRect().bottom > 80);
  let due = 0;
  const note = () => {
    due = 0;
    const item = first();
    if (!item) return;
    const at = { post: item.id, top: item.getBoundingClientRect().top };
    history.replaceState(at, "", item.dataset.at);
  };
  addEventListener("scroll", () => { due ||= setTimeout(note, 250); }, { passive: true });
  addEventListener("pagehide", () => { if (due) note(); });

  const back = history.state?.post && document.getElementById(history.state.post);
  if (back) {
    history.scrollRestoration = "manual";
    scrollBy(0, back.getBoundingClientRect().top - history.state.top);
  }
  watch();
})();
