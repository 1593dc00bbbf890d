/* On pages that are kept for everyone, what is each reader's own is brought in later. Buttons that follow are pressed without leaving the page. */
"use strict";
{
  const part = async (address, form) => {
    const answer = await fetch(address, {
      method: form ? "POST" : "GET",
      body: form,
      headers: { "HX-Request": "true" },
      redirect: "error",
    });
    if (!answer.ok) throw new Error(answer.statusText);
    return new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
  };

  const bring = (place) => part(place.dataset.later).then((element) => {
    place.replaceWith(element ?? "");
    if (element?.dataset.later) setTimeout(bring, 1000, element);  /* it isn't ready */
  }, () => { /* the link stays */ });
  const begin = () => document.querySelectorAll("[data-later]").forEach(bring);
  /* not for a page that nobody looks at */
  if (document.hidden) document.addEventListener("visibilitychange", begin, { once: true });
  else begin();

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form.follow");
    if (!form) return;
    event.preventDefault();
    const button = event.submitter ?? form.querySelector("button");
    const sent = new URLSearchParams(new FormData(form));
    sent.set(button.name, button.value);
    try {
      const pressed = await part(form.action, sent);
      form.replaceWith(pressed);
      pressed.querySelector("button").focus();
    } catch {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
      form.submit();
    }
  });
}
