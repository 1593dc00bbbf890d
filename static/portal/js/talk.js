/* A conversation: what is sent, changed or taken away without leaving the page. Without scripts, forms and links do. */
"use strict";
const talk = {
  /* the answer to a form, or to a link: {ok, element} or, for what is refused, {ok, text} */
  async ask(address, body) {
    const answer = await fetch(address, {
      method: body ? "POST" : "GET",
      body,
      headers: { "HX-Request": "true" },
    });
    if (answer.redirected) {
      location.assign(answer.url);
      throw new Error("elsewhere");
    }
    const text = await answer.text();
    if (!answer.headers.get("Content-Type").startsWith("text/html")) return { ok: answer.ok, text };
    return { ok: answer.ok, element: new DOMParser().parseFromString(text, "text/html").body.firstElementChild };
  },

  /* in place of what has its id, or of `form`, or as the newest thread */
  show(element, form) {
    const there = document.getElementById(element.id) ?? form;
    if (there) {
      there.replaceWith(element);
    } else {
      const row = document.createElement("li");
      row.append(element);
      document.querySelector("[data-threads]").prepend(row);
    }
    talk.tell(element);
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
  },

  /* what every page looks after is looked after here, too */
  tell: (element) => document.dispatchEvent(new CustomEvent("almanac:said", { detail: element })),

  /* how much was said, above it */
  count(more) {
    const told = document.querySelector(".talk-head [data-count]");
    if (!told) return;
    told.dataset.count = Number(told.dataset.count) + more;
    told.textContent = told.dataset.count === "1" ? "1 comment" : `${told.dataset.count} comments`;
  },

  complain(form, text) {
    form.querySelector(".talk-error")?.remove();
    const said = document.createElement("p");
    said.className = "talk-error";
    said.setAttribute("role", "alert");
    said.textContent = text;
    form.append(said);
  },
};

(() => {
  /* a page that shows all of a thread is loaded anew, but for signs: answers hold only how it ends */
  const isOurs = (form, button) => {
    if (!form.matches("[data-talk]")) return false;
    return !form.closest("[data-all]") || (form.matches(".signs") && !button?.hasAttribute("formaction"));
  };

  const send = async (form, button) => {
    const body = new URLSearchParams(new FormData(form));
    if (button?.name) body.set(button.name, button.value);
    const address = button?.hasAttribute("formaction") ? button.formAction : form.action;
    const { ok, element, text } = await talk.ask(address, body);
    if (!element) return talk.complain(form, text);
    if (!ok) {
      form.replaceWith(element);
      element.querySelector("[data-focus]")?.focus();
      return undefined;
    }
    const isPlaced = form.matches("[data-draft]");
    const isNew = form.matches(".new-comment") && !isPlaced;
    talk.show(element, isPlaced ? form : undefined);
    if (isPlaced) document.dispatchEvent(new CustomEvent("almanac:placed", { detail: element }));
    if (isNew) {
      form.reset();
      talk.count(1);
      form.dispatchEvent(new CustomEvent("almanac:sent", { bubbles: true, detail: element }));
    }
    return undefined;
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!isOurs(form, button)) return;
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    try {
      await send(form, button);
    } catch {
      talk.complain(form, "It could not be sent. What you wrote is still here: please try again.");
    } finally {
      form.ariaBusy = "false";
    }
  });

  /* changing a comment: its form stands in its place until it is saved, or left alone */
  const before = new WeakMap();
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-into]");
    if (link && !event.ctrlKey && !event.metaKey && !link.closest("[data-all]")) {
      event.preventDefault();
      const { element } = await talk.ask(link.href);
      const there = document.getElementById(link.dataset.into);
      before.set(element, there);
      there.replaceWith(element);
      element.querySelector(".folded")?.setAttribute("open", "");
      element.tabIndex = -1;
      (element.querySelector("textarea") ?? element).focus({ preventScroll: true });
    }
    const cancel = event.target.closest("[data-cancel]");
    const form = cancel?.closest("form");
    if (form && before.has(form)) {
      event.preventDefault();
      form.replaceWith(before.get(form));
      before.get(form).querySelector("a[data-into]")?.focus();
    }
  });

  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.(".reply[open]")) event.target.querySelector("textarea")?.focus();
  }, true);

  /* the usual key for sending */
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form[data-talk]");
    if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
})();
