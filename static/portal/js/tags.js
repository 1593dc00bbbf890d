/* Tags are found while typing; without scripts, by the button. The address keeps what was asked for. */
"use strict";
(() => {
  const form = document.querySelector("[data-finds]");
  if (!form) return;
  const list = document.getElementById(form.dataset.finds);
  const field = form.querySelector("input");
  let waiting;
  let asked = field.value.trim();

  const find = async () => {
    const wanted = field.value.trim();
    if (wanted === asked) return;
    asked = wanted;
    const address = wanted ? `?q=${encodeURIComponent(wanted)}` : location.pathname;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok || asked !== wanted) return;  /* somebody went on typing */
    list.innerHTML = await answer.text();
    history.replaceState(null, "", address);
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, 150);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    find();
  });
})();
