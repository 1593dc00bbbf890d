/* The parts of a long document: fetched when they come near, or when something in them is asked for. */
"use strict";
(() => {
  const article = post.article;
  if (!article?.classList.contains("in-parts")) return;
  const NEAR = "1800px 0px";
  const placeOf = (number) => article.querySelector(`.part-placeholder[data-part="${number}"]`);
  const loading = new Map();

  const part = (html, place) => {
    const element = document.createElement("div");
    element.className = "part";
    element.dataset.part = place.dataset.part;
    element.dataset.size = place.dataset.size;
    element.innerHTML = html;  /* cleaned as the page is, and its policy runs nothing written inline */
    return element;
  };

  /* what draws formulas comes with the first part that has some */
  const bringFormulas = () => {
    const waiting = document.getElementById("for-formulas");
    if (!waiting) return broughtFormulas;
    const brought = document.importNode(waiting.content, true);
    const scripts = [...brought.querySelectorAll("script")];
    for (const script of scripts) script.async = false;  /* one after the other */
    broughtFormulas = Promise.all(scripts.map((script) => new Promise((done) => { script.onload = script.onerror = done; })));
    waiting.replaceWith(brought);
    return broughtFormulas;
  };
  let broughtFormulas = null;

  const fetchPart = async (place) => {
    const answer = await fetch(place.dataset.src);
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const element = part(await answer.text(), place);
    if (element.querySelector(".math")) await bringFormulas();
    watch.unobserve(place);
    place.replaceWith(element);
    document.dispatchEvent(new CustomEvent("almanac:part", { detail: element }));
    return element;
  };

  const failed = (place) => {
    place.removeAttribute("aria-busy");
    place.querySelector("a").textContent = "This part could not be loaded. Open it as a page";
    const again = post.button("Try again", "btn small", () => { again.remove(); load(place.dataset.part); });
    if (!place.querySelector("button")) place.querySelector("p").append(" ", again);
  };

  const load = (number) => {
    const place = placeOf(number);
    if (!place) return Promise.resolve(null);
    if (!loading.has(place)) {
      place.setAttribute("aria-busy", "true");
      loading.set(place, fetchPart(place).catch(() => { loading.delete(place); failed(place); return null; }));
    }
    return loading.get(place);
  };

  /* only what stays near for a moment: a scroll bar that is dragged past asks for nothing */
  const soon = new Map();
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(soon.get(target));
      if (isIntersecting) soon.set(target, setTimeout(load, 120, target.dataset.part));
    }
  }, { rootMargin: NEAR });

  /* as high as what is here lets expect, so that the scroll bar tells the truth */
  const guessHeights = () => {
    let height = 0;
    let size = 0;
    article.classList.add("measured");  /* with all of its cells laid out */
    for (const shown of article.querySelectorAll(".part")) {
      height += shown.offsetHeight;
      size += Number(shown.dataset.size);
    }
    article.classList.remove("measured");
    for (const place of article.querySelectorAll(".part-placeholder")) {
      place.style.height = `${Math.max(200, Math.round(place.dataset.size * height / Math.max(1, size)))}px`;
    }
  };

  const numberOf = async (id) => {
    const listed = document.querySelector(`.outline a[data-part][href$="#${CSS.escape(id)}"]`);
    if (listed) return listed.dataset.part;
    const answer = await fetch(`${article.dataset.anchors}?anchor=${encodeURIComponent(id)}`);
    return answer.ok && !answer.redirected ? (await answer.json()).part : null;
  };

  post.find = async (id) => {
    const here = document.getElementById(id);
    if (here || !placeOfAny()) return here;
    const number = await numberOf(id).catch(() => null);
    if (number !== null) await load(number);
    return document.getElementById(id);
  };
  const placeOfAny = () => article.querySelector(".part-placeholder");

  /* every part, a few at a time; `tell(done, all)` hears how far it is */
  post.loadAll = async (tell) => {
    const places = [...article.querySelectorAll(".part-placeholder")];
    const waiting = [...places];
    let done = 0;
    const fetchNext = async () => {
      for (let place = waiting.shift(); place; place = waiting.shift()) {
        tell(done, places.length);
        await load(place.dataset.part);
        done += 1;
      }
    };
    await Promise.all([fetchNext(), fetchNext(), fetchNext()]);
    return !placeOfAny();
  };

  /* with scripts, contents lead straight to their headings */
  for (const link of document.querySelectorAll(".outline a[data-part]")) link.href = link.hash;
  const settle = () => {
    guessHeights();
    for (const place of article.querySelectorAll(".part-placeholder")) watch.observe(place);
  };

  /* whoever comes back finds the place again, though the heights above it were guessed */
  const PLACE = `almanac-place-${location.pathname}`;
  const store = (change) => {
    try {
      return change(sessionStorage);
    } catch {
      return null;  /* without storage the browser's own guess has to do */
    }
  };
  addEventListener("pagehide", () => {
    const at = [...article.querySelectorAll(".cell[id]")].find((cell) => cell.getBoundingClientRect().bottom > 80);
    const place = at && JSON.stringify({ id: at.id, top: at.getBoundingClientRect().top });
    if (at && scrollY > innerHeight) store((kept) => kept.setItem(PLACE, place));
    else store((kept) => kept.removeItem(PLACE));
  });
  const cameBack = performance.getEntriesByType("navigation")[0]?.type !== "navigate";
  /* guessing lays out all that is here: after the first screen is there, unless a place further down is asked for */
  if (cameBack || location.hash) settle();
  else requestAnimationFrame(() => setTimeout(settle));
  const left = cameBack && store((kept) => JSON.parse(kept.getItem(PLACE)));
  if (left) {
    post.start = async () => {
      const cell = await post.find(left.id);
      if (!cell) return;
      cell.style.contentVisibility = "visible";  /* its own height, though it begins above the window */
      post.hold(cell, left.top);
    };
  }
})();
