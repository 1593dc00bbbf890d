/* A field that follows another until somebody writes in it: a space's address follows its name. */
"use strict";

const asAddress = (text) => text
  .normalize("NFKD")
  .replace(/[\u0300-\u036f]/g, "")
  .toLowerCase()
  .replace(/[^a-z0-9]+/g, "-")
  .replace(/^-|-$/g, "")
  .slice(0, 64);

for (const field of document.querySelectorAll("[data-follows]")) {
  const leader = document.getElementById(field.dataset.follows);
  let following = field.value === "" || field.value === asAddress(leader.value);
  leader.addEventListener("input", () => { if (following) field.value = asAddress(leader.value); });
  field.addEventListener("input", () => { following = field.value === ""; });
}
