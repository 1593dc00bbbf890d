/* Buttons that follow: pressed without leaving the page, and on pages that are kept for everyone brought in later. */
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

  for (const place of document.querySelectorAll("[data-later]")) {
    part(place.dataset.later).then((button) => place.replaceWith(button), () => { /* the link stays */ });
  }

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
