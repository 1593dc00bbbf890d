/* A conversation that came into the page of a post: its form stands beside what is talked about. */
"use strict";
(() => {
  const form = () => document.getElementById("new-comment");
  const { mark } = post.talk;

  /* about a place the form stands beside it; about the whole, in the conversation */
  const open = (place, label, after) => {
    form().elements.place.value = place;
    form().querySelector(".about").hidden = !place;
    form().querySelector("[data-about]").textContent = label;
    form().querySelector(".about q")?.remove();
    if (after) after.after(form());
    else document.querySelector(".talk-head").after(form());
    form().classList.toggle("is-inline", Boolean(after));
    form().elements.body.focus({ preventScroll: true });
    form().scrollIntoView({ block: "nearest" });
  };

  talk.arrive = (kept, text) => {
    const element = new DOMParser().parseFromString(text, "text/html").body.firstElementChild;
    post.talk.marks = JSON.parse(element.dataset.marks);
    const tools = element.querySelector("[data-tools]");
    document.querySelector("[data-talk-tools]")?.replaceChildren(...tools.children);
    tools.remove();
    kept.replaceWith(element);
    talk.tell(element);
    for (const spot of document.querySelectorAll(".talk-spot")) mark(spot);
    if (post.asked() && element.querySelector(`#${CSS.escape(post.asked())}`)) post.go(post.asked());
  };

  document.addEventListener("click", (event) => {
    if (!form() || event.ctrlKey || event.metaKey) return;
    const spot = event.target.closest(".talk-here")?.closest(".talk-spot");
    const asks = event.target.closest("[data-ask]");
    if (!spot && !asks && !event.target.closest("[data-whole]")) return;
    event.preventDefault();
    if (spot) open(spot.dataset.place, spot.dataset.about, spot.closest(".figure") ?? spot.parentElement);
    else open("", "");
    if (asks) form().elements.is_question.checked = true;
  });

  document.addEventListener("almanac:sent", ({ target, detail }) => {
    const place = target.elements.place.value;
    if (!place) return;
    const said = document.createElement("p");
    said.className = "talk-sent meta";
    said.setAttribute("role", "status");
    const link = document.createElement("a");
    link.href = `#${detail.id}`;
    link.textContent = "Read it below the text";
    said.append("Sent. ", link);
    target.before(said);
    const [count = 0] = post.talk.marks[place] ?? [];
    post.talk.marks[place] = [count + 1, Number(detail.id.split("-")[1])];
    for (const spot of document.querySelectorAll(`[data-place="${CSS.escape(place)}"]`)) mark(spot);
    document.querySelector(".talk-head").after(target);
    target.classList.remove("is-inline");
    target.elements.place.value = "";
    target.querySelector(".about").hidden = true;
    link.focus({ preventScroll: true });
  });
})();
