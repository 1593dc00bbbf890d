/* The upload page: files can be dropped, are sent one by one with their progress, and keep their place if one
   is refused. Without this the form sends them all at once. */
"use strict";

const form = document.querySelector("[data-upload]");
const input = form?.querySelector('input[type="file"]');
const drop = form?.querySelector(".drop");
const list = form?.querySelector("[data-files]");
const status = form?.querySelector("[data-upload-status]");
const button = form?.querySelector('button[type="submit"]');
const DOCUMENTS = /\.(ipynb|md|markdown)$/i;

let entries = [];
let first = "";
let last = null;

const element = (name, className, text = "") => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
};

const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

const add = (files) => {
  for (const file of files) {
    entries = entries.filter((entry) => entry.file.name !== file.name || entry.done);
    entries.push({ file, done: false, error: "" });
  }
  draw();
};

const remove = (entry) => {
  entries = entries.filter((other) => other !== entry);
  draw();
};

const row = (entry) => {
  const item = element("li", entry.error ? "wrong-file" : "");
  item.append(element("span", "name", entry.file.name));
  if (entry.done) {
    item.append(element("span", "badge good", "committed"));
  } else {
    const end = element("span", "row");
    const out = element("button", "btn small quiet", "Leave out");
    out.type = "button";
    out.setAttribute("aria-label", `Leave out ${entry.file.name}`);
    out.addEventListener("click", () => remove(entry));
    end.append(element("span", "meta num", size(entry.file.size)), out);
    item.append(end);
  }
  if (entry.error) item.append(element("p", "error-text", entry.error));
  entry.row = item;
  return item;
};

const draw = () => {
  list.replaceChildren(...entries.map(row));
  list.hidden = entries.length === 0;
  input.required = entries.length === 0;
  button.textContent = last && entries.every((entry) => entry.done) ? "See what becomes of them" : "Upload";
};

const follow = () => location.assign(last.commit === first ? last.watch : `${last.watch}?from=${first}`);

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const send = (entry) => new Promise((finish) => {
  const data = new FormData(form);
  data.delete("file");
  data.append("file", entry.file);
  const bar = element("progress", "progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Uploading ${entry.file.name}`);
  entry.row.append(bar);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  request.addEventListener("loadend", () => {
    const answer = parsed(request.responseText);
    if (request.status === 200 && answer?.commit) {
      Object.assign(entry, { done: true, error: "" });
      first ||= answer.commit;
      last = answer;
    } else {
      entry.error = answer?.error || (request.status
        ? "The portal could not take this file. Nothing is lost: try again in a moment."
        : "The connection broke. Check it and press Upload again.");
    }
    finish();
  });
  request.send(data);
});

const sendAll = async () => {
  button.disabled = true;
  for (const entry of entries) entry.error = "";
  const waiting = entries.filter((entry) => !entry.done);
  /* documents last, so that what they show is there before them */
  waiting.sort((one, other) => DOCUMENTS.test(one.file.name) - DOCUMENTS.test(other.file.name));
  for (const [number, entry] of waiting.entries()) {
    status.textContent = `Sending ${number + 1} of ${waiting.length} …`;
    await send(entry);
  }
  button.disabled = false;
  draw();
  const refused = entries.filter((entry) => entry.error).length;
  if (refused === 0 && last) {
    status.textContent = "All there.";
    follow();
  } else {
    status.textContent = `${refused} of ${waiting.length} could not be taken; the reason stands below each.`;
  }
};

if (form) {
  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    form.addEventListener(name, () => drop.classList.remove("over"));
  }
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  form.addEventListener("submit", (event) => {
    if (entries.length === 0) return;
    event.preventDefault();
    if (entries.every((entry) => entry.done)) follow();
    else sendAll();
  });
  addEventListener("beforeunload", (event) => {
    if (button.disabled) event.preventDefault();
  });
  draw();
}
