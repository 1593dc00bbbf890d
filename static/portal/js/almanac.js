/* What every page needs: the theme switch, menus that close, toasts that go, copy buttons. */
"use strict";

const remember = (key, value) => {
  try {
    localStorage.setItem(key, value);
  } catch {
    /* a browser without storage forgets, and works all the same */
  }
};

const chooseTheme = (choice) => {
  const root = document.documentElement;
  if (choice === "auto") delete root.dataset.theme;
  else root.dataset.theme = choice;
  remember("almanac-theme", choice);
  showTheme();
};

const showTheme = () => {
  const current = document.documentElement.dataset.theme || "auto";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === current));
  }
};

const copy = async (button) => {
  const source = button.dataset.copy
    ? document.querySelector(button.dataset.copy)
    : button.parentElement.querySelector("pre, code, input");
  const text = source.value ?? source.textContent;
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text.trim());
    button.textContent = "Copied";
  } catch {
    /* plain http has no clipboard: select it, so that Ctrl-C does */
    getSelection().selectAllChildren(source);
    button.textContent = "Press Ctrl-C";
  }
  setTimeout(() => { button.textContent = label; }, 2000);
};

const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
};

document.addEventListener("click", (event) => {
  const target = event.target;
  closeMenus(target.closest("details.menu"));
  const theme = target.closest("[data-theme-choice]");
  if (theme) chooseTheme(theme.dataset.themeChoice);
  const copier = target.closest("[data-copy]");
  if (copier) copy(copier);
  target.closest("[data-dismiss]")?.closest(".toast, .note")?.remove();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  closeMenus();
  menu?.querySelector("summary").focus();
});

/* `/` goes to the search box, and what that offers while one types comes when it is first used */
const findBox = document.querySelector("[data-find]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, dialog")) return;
  event.preventDefault();
  document.querySelector("#search-query, [data-find]")?.focus();
});
findBox?.addEventListener("focus", () => {
  document.head.append(
    Object.assign(document.createElement("link"), { rel: "stylesheet", href: findBox.dataset.style }),
    Object.assign(document.createElement("script"), { src: findBox.dataset.find }),
  );
}, { once: true });

showTheme();

/* a success has been read after a while; an error stays until it is dismissed */
for (const toast of document.querySelectorAll(".toast:not(.error, .warning)")) {
  setTimeout(() => { if (!toast.matches(":hover, :focus-within")) toast.remove(); }, 8000);
}

/* a box that scrolls sideways can be reached, and so scrolled, by keyboard; asked once it is near, since to ask
   those that are far away would lay out all of a long document */
const reach = (box) => {
  if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
};
const nearBoxes = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) if (isIntersecting) reach(target);
}, { rootMargin: "200px" });
const watchBoxes = (element) => {
  for (const box of element.querySelectorAll("pre, .prose div.math")) nearBoxes.observe(box);
};
watchBoxes(document);
for (const late of ["almanac:part", "almanac:said"]) document.addEventListener(late, (event) => watchBoxes(event.detail));
addEventListener("resize", () => {
  nearBoxes.disconnect();
  watchBoxes(document);
});
