/* The upload page: files and folders can be dropped, are sent one by one with their progress, and keep their place
   if one is refused. Without this the form sends files all at once. */
"use strict";

const form = document.querySelector("[data-upload]");
const input = form?.querySelector('input[type="file"]');
const drop = form?.querySelector(".drop");
const list = form?.querySelector("[data-files]");
const status = form?.querySelector("[data-upload-status]");
const button = form?.querySelector('button[type="submit"]');
const folder = form?.querySelector("[data-folder]");

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

const add = ({ files, word }) => {
  for (const { file, folder: within } of files) {
    const path = within + file.name;
    entries = entries.filter((entry) => entry.path !== path || entry.done);
    entries.push({ file, within, path, done: false, error: "", word: "" });
  }
  status.textContent = word;
  draw();
};

const remove = (entry) => {
  entries = entries.filter((other) => other !== entry);
  draw();
};

const row = (entry) => {
  const item = element("li", entry.error ? "wrong-file" : "");
  item.append(element("span", "name", entry.path));
  if (entry.done) {
    item.append(element("span", "badge good", "committed"));
  } else {
    const end = element("span", "row");
    const out = element("button", "btn small quiet", "Leave out");
    out.type = "button";
    out.setAttribute("aria-label", `Leave out ${entry.path}`);
    out.addEventListener("click", () => remove(entry));
    end.append(element("span", "meta num", size(entry.file.size)), out);
    item.append(end);
  }
  if (entry.error) item.append(element("p", "error-text", entry.error));
  if (entry.word) item.append(element("p", "hint", entry.word));
  entry.row = item;
  return item;
};

const draw = () => {
  list.replaceChildren(...entries.map(row));
  list.hidden = entries.length === 0;
  input.required = entries.length === 0;
  button.textContent = last && entries.every((entry) => entry.done) ? "See what becomes of them" : "Upload";
};

const followed = () => (last.commit === first ? last.watch : `${last.watch}?from=${first}`);
const follow = () => location.assign(followed());

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
  data.set("folder", [data.get("folder").trim(), entry.within].filter(Boolean).join("/"));
  const bar = element("progress", "progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Uploading ${entry.path}`);
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
      Object.assign(entry, { done: true, error: "", word: answer.word });
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

/* Documents come after what they show, and what may have been knitted from one of them after that. */
const turn = ({ file: { name } }) => {
  const ends = (suffixes) => suffixes.split(" ").some((suffix) => name.toLowerCase().endsWith(suffix));
  return ends(form.dataset.documents) + ends(form.dataset.knitted);
};

const sendAll = async () => {
  button.disabled = true;
  for (const entry of entries) entry.error = "";
  const waiting = entries.filter((entry) => !entry.done);
  waiting.sort((one, other) => turn(one) - turn(other));
  for (const [number, entry] of waiting.entries()) {
    status.textContent = `Sending ${number + 1} of ${waiting.length} …`;
    await send(entry);
  }
  button.disabled = false;
  draw();
  tell(waiting.length);
};

const tell = (sent) => {
  const refused = entries.filter((entry) => entry.error).length;
  const words = entries.filter((entry) => entry.word).length;
  if (refused) {
    status.textContent = `${refused} of ${sent} could not be taken; the reason stands below each. `;
    if (last) {
      const link = element("a", "", "See what becomes of the others");
      link.href = followed();
      status.append(link);
    }
  } else if (words) {
    status.textContent = `All there, but ${words} of ${sent} will make no post; the reason stands below each.`;
  } else {
    status.textContent = "All there.";
    follow();
  }
};

if (form) {
  input.addEventListener("change", () => {
    add(picked.ofInput(input.files));
    input.value = "";
  });
  folder.addEventListener("change", () => {
    add(picked.ofInput(folder.files));
    folder.value = "";
  });
  form.querySelector("[data-choose-folder]").addEventListener("click", () => folder.click());
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    form.addEventListener(name, () => drop.classList.remove("over"));
  }
  form.addEventListener("drop", async (event) => {
    event.preventDefault();
    add(await picked.ofDrop(event.dataTransfer));
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
