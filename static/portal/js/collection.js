/* A collection is put in order by dragging and by keys; without scripts, by buttons. Posts to add are found while typing. */
"use strict";
(() => {
  const list = document.querySelector("[data-arranges]");
  const said = document.querySelector("[data-arranged]");

  const send = async () => {
    const sent = new URLSearchParams({
      csrfmiddlewaretoken: list.querySelector("[name=csrfmiddlewaretoken]").value,
      do: "order",
      order: [...list.children].map((item) => item.dataset.post).join(","),
    });
    const answer = await fetch(list.dataset.arranges, { method: "POST", body: sent, headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) location.reload();  /* shows what is the case, and why */
  };

  const tell = (item) => {
    const place = [...list.children].indexOf(item) + 1;
    said.textContent = `${item.querySelector("a").textContent}: ${place} of ${list.children.length}`;
  };

  const move = (item, isUp) => {
    const other = isUp ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (isUp) other.before(item);
    else other.after(item);
    tell(item);
    send();
  };

  if (list) {
    let dragged = null;
    for (const item of list.children) {
      item.tabIndex = 0;
      item.draggable = true;
      item.addEventListener("dragstart", (event) => {
        if (event.target !== item) return;
        dragged = item;
        item.classList.add("dragged");
        event.dataTransfer.effectAllowed = "move";
      });
      item.addEventListener("dragend", () => {
        item.classList.remove("dragged");
        dragged = null;
      });
      /* text in fields is selected by dragging, too */
      item.addEventListener("focusin", (event) => { item.draggable = !event.target.matches("input"); });
      item.addEventListener("focusout", () => { item.draggable = true; });
    }
    list.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      const over = event.target.closest("[data-post]");
      if (!over || over === dragged) return;
      const { top, height } = over.getBoundingClientRect();
      if (event.clientY < top + height / 2) over.before(dragged);
      else over.after(dragged);
    });
    list.addEventListener("drop", (event) => {
      if (!dragged) return;
      event.preventDefault();
      tell(dragged);
      send();
    });
    list.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      const item = event.target.closest("[data-post]");
      event.preventDefault();
      const focused = document.activeElement;
      move(item, event.key === "ArrowUp");
      focused.focus();
    });
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button[value=up], button[value=down]");
      if (!button) return;
      event.preventDefault();
      move(button.closest("[data-post]"), button.value === "up");
      button.focus();
    });
  }

  const form = document.querySelector("[data-suggests]");
  if (!form) return;
  const field = form.querySelector("input[name=post]");
  const place = document.getElementById("suggested");
  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const wanted = field.value.trim();
      const answer = await fetch(`${form.dataset.suggests}?q=${encodeURIComponent(wanted)}`, { headers: { "HX-Request": "true" } });
      if (answer.ok && field.value.trim() === wanted) place.innerHTML = await answer.text();
    }, 200);
  });
})();
