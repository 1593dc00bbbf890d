/* The conversation of a post on its page: brought in once the text is there, and begun at a cell, heading or figure. */
"use strict";
(() => {
  const kept = document.querySelector("[data-conversation]");
  if (!kept || !post.article) return;
  const BUBBLE = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 3.5h11v7.5H8l-3 2.5V11H2.5z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/></svg>';
  let marks = {};

  const form = () => document.getElementById("new-comment");
  const field = (name) => form().elements[name];
  const isText = Boolean(document.getElementById("cell-text"));

  /* the form is about a place, and stands beside it; without one, about the whole, in the conversation */
  const open = (place, label, after) => {
    if (!form()) return;
    field("place").value = place;
    form().querySelector(".about").hidden = !place;
    form().querySelector("[data-about]").textContent = label;
    form().querySelector(".about q")?.remove();
    if (after) after.after(form());
    else document.querySelector(".talk-head").after(form());
    form().classList.toggle("is-inline", Boolean(after));
    field("body").focus({ preventScroll: true });
    form().scrollIntoView({ block: "nearest" });
  };

  const link = (className, text, label, href) => {
    const made = document.createElement("a");
    made.className = className;
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.href = href;
    return made;
  };

  const mark = (spot) => {
    const [count, newest] = marks[spot.dataset.place] ?? [0, 0];
    spot.querySelector(".talk-mark")?.remove();
    if (!count) return;
    const said = count === 1 ? "1 conversation" : `${count} conversations`;
    const address = document.getElementById(`thread-${newest}`) ? `#thread-${newest}` : `/t/${newest}`;
    spot.prepend(link("talk-mark", count, `${said} about ${spot.dataset.about}`, address));
  };

  const spotAt = (place, about, after) => {
    const spot = document.createElement("span");
    spot.className = "talk-spot";
    spot.dataset.place = place;
    spot.dataset.about = about;
    const here = link("talk-here", "", `Comment on ${about}`, `?comment=${encodeURIComponent(place)}`);
    here.title = `Comment on ${about}`;
    here.innerHTML = BUBBLE;
    here.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || !form()) return;
      event.preventDefault();
      open(place, about, after());
    });
    spot.append(here);
    mark(spot);
    return spot;
  };

  const numberOf = (cell) => cell.querySelector(".cell-no")?.textContent;
  const textOf = (heading) => [...heading.childNodes].filter((node) => !node.matches?.(".anchor")).map((node) => node.textContent).join("").trim();

  const offer = (element) => {
    for (const figure of element.querySelectorAll('.figure[id^="fig-"]')) {
      const tools = figure.querySelector(".figure-tools");
      if (tools && !tools.querySelector(".talk-spot")) tools.prepend(spotAt(figure.id, "this figure", () => figure));
    }
    if (isText) {
      for (const heading of element.querySelectorAll('.cell :is(h1, h2, h3, h4, h5, h6)[id^="h-"]')) {
        heading.append(" ", spotAt(heading.id, `“${textOf(heading).slice(0, 60)}”`, () => heading));
      }
      return;
    }
    for (const cell of element.querySelectorAll(".cell[id]")) {
      cell.append(spotAt(cell.id, numberOf(cell) ?? "this passage", () => cell));
    }
  };

  /* how a conversation looks comes with it */
  const styled = (address) => new Promise((done) => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.addEventListener("load", done);
    sheet.addEventListener("error", done);
    sheet.href = address;
    document.head.append(sheet);
  });

  const arrive = ([{ element }]) => {
    marks = JSON.parse(element.dataset.marks);
    const tools = element.querySelector("[data-tools]");
    document.querySelector("[data-talk-tools]")?.replaceChildren(...tools.children);
    tools.remove();
    kept.replaceWith(element);
    talk.tell(element);
    for (const spot of document.querySelectorAll(".talk-spot")) mark(spot);
    if (post.asked() && element.querySelector(`#${CSS.escape(post.asked())}`)) post.go(post.asked());
  };

  post.whenShown((element) => {
    if (post.article.contains(element)) offer(element);
  });

  /* fingers don't hover: the cell that was touched last shows its sign */
  post.article.addEventListener("pointerup", ({ pointerType, target }) => {
    if (pointerType === "mouse") return;
    post.article.querySelector(".cell.touched, :is(h1, h2, h3, h4, h5, h6).touched")?.classList.remove("touched");
    target.closest(isText ? "h1, h2, h3, h4, h5, h6" : ".cell")?.classList.add("touched");
  });

  document.addEventListener("click", (event) => {
    const asks = event.target.closest("[data-ask]");
    const whole = event.target.closest("[data-whole]");
    if (!(asks || whole) || !form() || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open("", "");
    if (asks) field("is_question").checked = true;
  });

  document.addEventListener("almanac:sent", ({ target, detail }) => {
    const place = field("place").value;
    if (!place) return;
    const said = document.createElement("p");
    said.className = "talk-sent meta";
    said.setAttribute("role", "status");
    said.append("Sent. ", link("", "Read it below the text", "Read it below the text", `#${detail.id}`));
    target.before(said);
    marks[place] = [(marks[place]?.[0] ?? 0) + 1, Number(detail.id.split("-")[1])];
    for (const spot of document.querySelectorAll(`[data-place="${CSS.escape(place)}"]`)) mark(spot);
    document.querySelector(".talk-head").after(target);
    target.classList.remove("is-inline");
    target.elements.place.value = "";
    target.querySelector(".about").hidden = true;
    said.querySelector("a").focus({ preventScroll: true });
  });

  const load = () => Promise.all([talk.ask(kept.dataset.conversation), ...kept.dataset.styles.split(" ").map(styled)])
    .then(arrive, () => { /* the link stays */ });
  if (document.readyState === "complete") load();
  else addEventListener("load", load);
})();
