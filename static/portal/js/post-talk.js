/* The conversation of a post on its page: brought in once all of the page is there; where one begins, a sign in the text. */
"use strict";
(() => {
  const kept = document.querySelector("[data-conversation]");
  if (!kept || !post.article) return;
  const BUBBLE = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 3.5h11v7.5H8l-3 2.5V11H2.5z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/></svg>';
  const HEADINGS = "h1, h2, h3, h4, h5, h6";
  const isText = Boolean(document.getElementById("cell-text"));

  const link = (className, text, label, href) => {
    const made = document.createElement("a");
    made.className = className;
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.href = href;
    return made;
  };

  /* what talk-places.js goes on with: how much was said of each place, by the id of its element */
  post.talk = {
    marks: {},
    mark(spot) {
      const [count, newest] = post.talk.marks[spot.dataset.place] ?? [0, 0];
      spot.querySelector(".talk-mark")?.remove();
      if (!count) return;
      const said = count === 1 ? "1 conversation" : `${count} conversations`;
      const address = document.getElementById(`thread-${newest}`) ? `#thread-${newest}` : `/t/${newest}`;
      spot.prepend(link("talk-mark", count, `${said} about ${spot.dataset.about}`, address));
    },
  };

  /* without the form, which comes later, its link leads to a page with one */
  const spotAt = (place, about) => {
    const spot = document.createElement("span");
    spot.className = "talk-spot";
    spot.dataset.place = place;
    spot.dataset.about = about;
    const here = link("talk-here", "", `Comment on ${about}`, `?comment=${encodeURIComponent(place)}`);
    here.title = `Comment on ${about}`;
    here.innerHTML = BUBBLE;
    spot.append(here);
    post.talk.mark(spot);
    return spot;
  };

  const textOf = (heading) => [...heading.childNodes].filter((node) => !node.matches?.(".anchor")).map((node) => node.textContent).join("").trim();

  post.whenShown((element) => {
    if (!post.article.contains(element)) return;
    for (const figure of element.querySelectorAll('.figure[id^="fig-"]')) {
      figure.querySelector(".figure-tools:not(:has(.talk-spot))")?.prepend(spotAt(figure.id, "this figure"));
    }
    for (const place of element.querySelectorAll(isText ? `.cell :is(${HEADINGS})[id^="h-"]` : ".cell[id]")) {
      const about = isText ? `“${textOf(place).slice(0, 60)}”` : place.querySelector(".cell-no")?.textContent;
      place.append(spotAt(place.id, about ?? "this passage"));
    }
  });

  /* fingers don't hover: the place that was touched last shows its sign */
  post.article.addEventListener("pointerup", ({ pointerType, target }) => {
    if (pointerType === "mouse") return;
    post.article.querySelector(".touched")?.classList.remove("touched");
    target.closest(isText ? HEADINGS : ".cell")?.classList.add("touched");
  });

  const bring = (address) => new Promise((done, failed) => {
    const isStyle = address.includes(".css");
    const asked = document.createElement(isStyle ? "link" : "script");
    asked.addEventListener("load", done);
    asked.addEventListener("error", failed);
    if (isStyle) {
      asked.rel = "stylesheet";
      asked.href = address;
    } else {
      asked.async = false;  /* one after the other */
      asked.src = address;
    }
    document.head.append(asked);
  });

  const load = async () => {
    const asked = fetch(kept.dataset.conversation, { headers: { "HX-Request": "true" }, redirect: "error" });
    await Promise.all(kept.dataset.brings.split(" ").map(bring));
    const answer = await asked;
    if (answer.ok) talk.arrive(kept, await answer.text());
  };
  const begin = () => load().catch(() => { /* the link stays */ });
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin);
})();
